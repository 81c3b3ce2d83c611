import type { Run } from '../wire';
import { code, exactly, place, seconds, text, time } from './cells';
import { RUN_STATE_FILTER, RUN_TYPE_FILTER } from './choices';
import { definePage, textFilter, timeFilter, type Row } from './page';

interface RunPage {
  readonly runs: readonly Run[];
  readonly total: number;
  readonly has_more: boolean;
}

function rowOf(run: Run): Row {
  const where = { dagId: run.dag_id, tab: 'graph', runId: run.run_id } as const;
  return {
    key: JSON.stringify([run.dag_id, run.run_id]),
    subject: { type: 'run', dagId: run.dag_id, runId: run.run_id },
    cells: {
      state: { type: 'state', state: run.state, why: run.reason },
      dag_id: place(run.dag_id, { dagId: run.dag_id }),
      execution_date: exactly(run.logical_date),
      run_id: place(run.run_id, where),
      external_trigger: text(run.external_trigger ? 'True' : 'False'),
      run_type: text(run.run_type),
      created: time(run.queued_at),
      start: time(run.started_at),
      end: time(run.ended_at),
      duration: seconds(run.duration_seconds),
      version: code(run.version.slice(0, 8)),
      conf: { type: 'json', value: run.conf }
    }
  };
}

export const runsPage = definePage<RunPage>({
  id: 'runs',
  empty: trans => trans.__('No DAG has run yet. Trigger one in the list of DAGs, or turn it on.'),
  route: 'runs',
  order: '-created',
  columns: [
    { id: 'state', label: trans => trans.__('State') },
    { id: 'dag_id', label: trans => trans.__('Dag Id') },
    { id: 'execution_date', label: trans => trans.__('Execution Date'), sort: 'logical_date' },
    { id: 'run_id', label: trans => trans.__('Run Id') },
    { id: 'external_trigger', label: trans => trans.__('External Trigger') },
    { id: 'run_type', label: trans => trans.__('Run Type') },
    { id: 'created', label: trans => trans.__('Created'), sort: 'created' },
    { id: 'start', label: trans => trans.__('Start Date') },
    { id: 'duration', label: trans => trans.__('Duration') },
    { id: 'end', label: trans => trans.__('End Date'), isExtra: true },
    { id: 'version', label: trans => trans.__('Version'), isExtra: true },
    { id: 'conf', label: trans => trans.__('Conf'), isExtra: true }
  ],
  filters: [
    RUN_STATE_FILTER,
    textFilter('dag_id', trans => trans.__('Dag Id')),
    textFilter('search', trans => trans.__('Run Id contains')),
    RUN_TYPE_FILTER,
    timeFilter('date_from', trans => trans.__('Execution Date from')),
    timeFilter('date_to', trans => trans.__('Execution Date to'))
  ],
  rows: reply => reply.runs.map(rowOf)
});
