import type { MissPage, SlaMiss } from '../wireBrowse';
import { exactly, place, text, time } from './cells';
import { definePage, textFilter, timeFilter, type Row } from './page';

function rowOf(miss: SlaMiss): Row {
  const run = { dagId: miss.dag_id, tab: 'graph', runId: miss.run_id } as const;
  return {
    key: String(miss.number),
    subject: { type: 'miss', number: miss.number },
    cells: {
      dag_id: place(miss.dag_id, { dagId: miss.dag_id }),
      task_id: place(miss.task_id, { ...run, taskId: miss.task_id }),
      execution_date: exactly(miss.logical_date),
      run_id: place(miss.run_id, run),
      deadline: time(miss.deadline),
      timestamp: time(miss.recorded_at),
      email_sent: text(miss.mail_sent_at !== null ? 'True' : 'False'),
      called_back: text(miss.called_back_at !== null ? 'True' : 'False'),
      note: { type: 'note', text: miss.note }
    }
  };
}

export const missesPage = definePage<MissPage>({
  id: 'sla',
  empty: trans =>
    trans.__('No deadline was missed. Give a DAG or a task an SLA to be told of lateness.'),
  route: 'sla-misses',
  order: '-recorded_at',
  columns: [
    { id: 'dag_id', label: trans => trans.__('Dag Id'), sort: 'dag_id' },
    { id: 'task_id', label: trans => trans.__('Task Id'), sort: 'task_id' },
    { id: 'execution_date', label: trans => trans.__('Execution Date'), sort: 'logical_date' },
    { id: 'run_id', label: trans => trans.__('Run Id'), isExtra: true },
    { id: 'deadline', label: trans => trans.__('Deadline'), sort: 'deadline' },
    { id: 'timestamp', label: trans => trans.__('Timestamp'), sort: 'recorded_at' },
    { id: 'email_sent', label: trans => trans.__('Email Sent') },
    { id: 'called_back', label: trans => trans.__('Callback Called') },
    { id: 'note', label: trans => trans.__('Description') }
  ],
  filters: [
    textFilter('dag_id', trans => trans.__('Dag Id')),
    textFilter('task_id', trans => trans.__('Task Id')),
    textFilter('run_id', trans => trans.__('Run Id')),
    timeFilter('since', trans => trans.__('Timestamp from')),
    timeFilter('until', trans => trans.__('Timestamp to'))
  ],
  rows: reply => reply.misses.map(rowOf)
});
