/** Values for tests: complete, boring, changed where the test says so. */
import type { KnownTask } from '../model/state';
import type { DagRow, Graph, Run, StreamEvent, TaskInstance, TaskState } from '../model/wire';

export { english } from '../model/english';

export const T0 = '2026-01-31T12:00:00+00:00';
export const T1 = '2026-01-31T12:00:05+00:00';

export function makeRun(part: Partial<Run> = {}): Run {
  return {
    dag_id: 'etl',
    run_id: 'run-1',
    run_type: 'manual',
    state: 'running',
    version: 'v1',
    logical_date: T0,
    data_interval_start: T0,
    data_interval_end: T0,
    queued_at: T0,
    started_at: T0,
    ended_at: null,
    duration_seconds: null,
    conf: {},
    external_trigger: true,
    cancel_requested: false,
    reason: null,
    task_counts: {},
    ...part
  };
}

export function makeRow(part: Partial<DagRow> = {}): DagRow {
  return {
    dag_id: 'etl',
    description: 'Loads the warehouse',
    is_paused: false,
    schedule: '0 12 * * *',
    schedule_label: '0 12 * * *',
    timezone: 'UTC',
    owner: 'data',
    tags: [],
    file: '/dags/etl.py',
    version: 'v1',
    version_short: 'v1',
    has_import_error: false,
    last_run: null,
    next_run_at: null,
    run_counts: {},
    recent_tasks: {},
    task_count: 3,
    ...part
  };
}

export function makeTask(part: Partial<TaskInstance> = {}): TaskInstance {
  return {
    dag_id: 'etl',
    run_id: 'run-1',
    task_id: 'extract',
    map_index: -1,
    state: 'none',
    try_number: 0,
    max_tries: 1,
    operator: 'PythonOperator',
    kind: 'python',
    queued_at: null,
    started_at: null,
    ended_at: null,
    duration_seconds: null,
    next_retry_at: null,
    reason: null,
    progress: null,
    ...part
  };
}

export function makeKnownTask(part: Partial<KnownTask> = {}): KnownTask {
  return { ...makeTask(), seq: 0, changed_at: null, ...part };
}

export function taskEvent(
  seq: number,
  taskId: string,
  state: TaskState,
  part: Partial<TaskInstance> = {}
): StreamEvent {
  const task = makeTask({ task_id: taskId, state, try_number: 1, ...part });
  return {
    seq,
    at: T1,
    kind: 'task.state',
    dag_id: task.dag_id,
    run_id: task.run_id,
    task_id: taskId,
    map_index: task.map_index,
    data: {
      state,
      try_number: task.try_number,
      queued_at: task.queued_at,
      started_at: task.started_at,
      ended_at: task.ended_at,
      next_retry_at: task.next_retry_at,
      reason: task.reason
    }
  };
}

export function runEvent(seq: number, part: Partial<Run> = {}): StreamEvent {
  const run = makeRun(part);
  return {
    seq,
    at: T1,
    kind: 'run.state',
    dag_id: run.dag_id,
    run_id: run.run_id,
    task_id: null,
    map_index: null,
    data: {
      state: run.state,
      run_type: run.run_type,
      logical_date: run.logical_date,
      queued_at: run.queued_at,
      started_at: run.started_at,
      ended_at: run.ended_at,
      version: run.version
    }
  };
}

/** extract -> (clean, check) -> load */
export function makeGraph(): Graph {
  return graphOf(
    ['extract', 'clean', 'check', 'load'],
    [
      ['extract', 'clean'],
      ['extract', 'check'],
      ['clean', 'load'],
      ['check', 'load']
    ]
  );
}

export function graphOf(
  ids: readonly string[],
  edges: readonly (readonly [string, string])[]
): Graph {
  return {
    dag_id: 'etl',
    version: 'v1',
    nodes: ids.map(id => ({
      id,
      operator: 'PythonOperator',
      kind: 'python',
      label: id,
      group: null,
      description: '',
      trigger_rule: 'all_success',
      retries: 0,
      missing: null,
      is_mapped: false,
      child_dag: null
    })),
    edges,
    groups: []
  };
}
