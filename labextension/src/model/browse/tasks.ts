import type { FoundTask, TaskPage } from '../wireBrowse';
import { exactly, number, place, seconds, text, time } from './cells';
import { TASK_STATE_FILTER } from './choices';
import { definePage, textFilter, timeFilter, type Row } from './page';

function rowOf(task: FoundTask): Row {
  const { dag_id: dagId, run_id: runId, task_id: taskId, map_index: mapIndex } = task;
  const isMapped = mapIndex >= 0;
  const run = { dagId, tab: 'graph', runId } as const;
  const instance = { ...run, taskId, ...(isMapped ? { mapIndex } : {}) };
  return {
    key: JSON.stringify([dagId, runId, taskId, mapIndex]),
    subject: { type: 'task', dagId, runId, taskId, mapIndex },
    cells: {
      state: { type: 'state', state: task.state, why: task.reason },
      dag_id: place(dagId, { dagId }),
      task_id: place(taskId, instance),
      run_id: place(runId, run),
      map_index: isMapped ? text(task.label ?? String(mapIndex)) : text(''),
      execution_date: exactly(task.logical_date),
      operator: text(task.operator),
      start: time(task.started_at),
      end: time(task.ended_at),
      duration: seconds(task.duration_seconds),
      tries: text(`${task.try_number} / ${task.max_tries}`),
      pool: text(task.pool),
      queue: text(task.queue),
      priority: number(task.priority_weight),
      queued: time(task.queued_at),
      log: task.try_number > 0 ? place('Log', instance) : text('')
    }
  };
}

export const tasksPage = definePage<TaskPage>({
  id: 'tasks',
  empty: trans => trans.__('No task has been asked to run yet. Trigger a DAG in the list of DAGs.'),
  route: 'task-instances',
  order: '-run',
  columns: [
    { id: 'state', label: trans => trans.__('State') },
    { id: 'dag_id', label: trans => trans.__('Dag Id') },
    { id: 'task_id', label: trans => trans.__('Task Id') },
    { id: 'run_id', label: trans => trans.__('Run Id'), sort: 'run' },
    { id: 'start', label: trans => trans.__('Start Date'), sort: 'started_at' },
    { id: 'end', label: trans => trans.__('End Date'), isExtra: true },
    { id: 'duration', label: trans => trans.__('Duration') },
    { id: 'tries', label: trans => trans.__('Tries') },
    { id: 'log', label: trans => trans.__('Log'), isWay: true },
    { id: 'map_index', label: trans => trans.__('Map Index') },
    { id: 'operator', label: trans => trans.__('Operator') },
    { id: 'execution_date', label: trans => trans.__('Execution Date') },
    { id: 'pool', label: trans => trans.__('Pool') },
    { id: 'priority', label: trans => trans.__('Priority') },
    { id: 'queue', label: trans => trans.__('Queue'), isExtra: true },
    { id: 'queued', label: trans => trans.__('Queued'), isExtra: true }
  ],
  filters: [
    TASK_STATE_FILTER,
    textFilter('dag_id', trans => trans.__('Dag Id')),
    textFilter('task_id', trans => trans.__('Task Id')),
    textFilter('run_id', trans => trans.__('Run Id')),
    textFilter('operator', trans => trans.__('Operator')),
    textFilter('pool', trans => trans.__('Pool')),
    timeFilter('started_from', trans => trans.__('Start Date from')),
    timeFilter('started_to', trans => trans.__('Start Date to'))
  ],
  rows: reply => reply.tasks.map(rowOf)
});
