import type { AuditEntry, AuditPage } from '../wireBrowse';
import { exactly, number, place, text } from './cells';
import { definePage, textFilter, timeFilter, type Row } from './page';

function rowOf(entry: AuditEntry): Row {
  const { dag_id: dagId, run_id: runId, task_id: taskId } = entry;
  const dag = dagId ? { dagId } : null;
  const run = dag && runId ? { ...dag, tab: 'graph' as const, runId } : dag;
  return {
    key: String(entry.number),
    subject: null,
    cells: {
      id: number(entry.number),
      dttm: exactly(entry.at),
      dag_id: place(dagId, dag),
      task_id: place(taskId, run && taskId ? { ...run, taskId } : null),
      event: text(entry.event),
      execution_date: exactly(entry.logical_date),
      owner: text(entry.actor),
      extra: { type: 'json', value: entry.extra },
      source_ip: text(entry.source_ip),
      run_id: place(runId, run)
    }
  };
}

export const auditPage = definePage<AuditPage>({
  id: 'audit',
  empty: trans => trans.__('Nobody has done anything yet.'),
  route: 'audit',
  order: '-at',
  columns: [
    { id: 'id', label: trans => trans.__('Id') },
    { id: 'dttm', label: trans => trans.__('Dttm'), sort: 'at' },
    { id: 'dag_id', label: trans => trans.__('Dag Id') },
    { id: 'task_id', label: trans => trans.__('Task Id') },
    { id: 'event', label: trans => trans.__('Event') },
    { id: 'execution_date', label: trans => trans.__('Execution Date') },
    { id: 'owner', label: trans => trans.__('Owner') },
    { id: 'extra', label: trans => trans.__('Extra') },
    { id: 'source_ip', label: trans => trans.__('Source Ip') },
    { id: 'run_id', label: trans => trans.__('Run Id'), isExtra: true }
  ],
  filters: [
    textFilter('event', trans => trans.__('Event')),
    textFilter('dag_id', trans => trans.__('Dag Id')),
    textFilter('task_id', trans => trans.__('Task Id')),
    textFilter('run_id', trans => trans.__('Run Id')),
    textFilter('actor', trans => trans.__('Owner')),
    timeFilter('since', trans => trans.__('Time from')),
    timeFilter('until', trans => trans.__('Time to'))
  ],
  rows: reply => reply.entries.map(rowOf)
});
