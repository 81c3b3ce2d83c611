/**
 * Folds a batch of stream events into the state.
 *
 * An event is applied only where it is newer than what is known of that run or task, so replays after a
 * reconnect and snapshots taken meanwhile can come in any order.
 */
import { ignoreUnknown } from './assertNever';
import {
  runKey,
  taskKey,
  type CoutureState,
  type KnownRun,
  type KnownTask,
  type RunsOfDag,
  type TasksOfRun
} from './state';
import type { DagRow, StreamEvent } from './wire';

type TaskEvent = Extract<StreamEvent, { kind: 'task.state' | 'attempt.progress' }>;

/** What an instance that has just been made has not got yet. */
const UNTOUCHED = {
  state: 'none',
  try_number: 0,
  queued_at: null,
  started_at: null,
  ended_at: null,
  duration_seconds: null,
  next_retry_at: null,
  reason: null,
  progress: null
} as const;

/** Copies a map the first time it is written, so an untouched one keeps its identity. */
class Draft<K, V> {
  private copy: Map<K, V> | null = null;

  constructor(private readonly source: ReadonlyMap<K, V>) {}

  get(key: K): V | undefined {
    return (this.copy ?? this.source).get(key);
  }

  set(key: K, value: V): void {
    this.copy ??= new Map(this.source);
    this.copy.set(key, value);
  }

  delete(key: K): void {
    if (this.get(key) !== undefined) {
      this.copy ??= new Map(this.source);
      this.copy.delete(key);
    }
  }

  find(isWanted: (value: V) => boolean): V | undefined {
    for (const value of (this.copy ?? this.source).values()) {
      if (isWanted(value)) {
        return value;
      }
    }
    return undefined;
  }

  done(): ReadonlyMap<K, V> {
    return this.copy ?? this.source;
  }
}

function isTaskEvent(event: StreamEvent): event is TaskEvent {
  return event.kind === 'task.state' || event.kind === 'attempt.progress';
}

function duration(started: string | null, ended: string | null): number | null {
  return started && ended ? Math.max(0, (Date.parse(ended) - Date.parse(started)) / 1000) : null;
}

/** The task after an event, or the same object when the event is old. */
export function applyTaskEvent(task: KnownTask, event: TaskEvent): KnownTask {
  if (event.seq <= task.seq) {
    return task;
  }
  if (event.kind === 'attempt.progress') {
    if (event.data.try_number < task.try_number) {
      return task;
    }
    const { done, total, label } = event.data;
    return { ...task, progress: { done, total, label }, seq: event.seq };
  }
  const data = event.data;
  return {
    ...task,
    ...data,
    duration_seconds: duration(data.started_at, data.ended_at),
    progress: data.try_number === task.try_number ? task.progress : null,
    seq: event.seq,
    changed_at: event.at
  };
}

/**
 * A new instance of a mapped task. Until its number is known a mapped task has one instance without an index, which
 * gives way to the first one that has.
 */
function expanded(draft: Draft<string, KnownTask>, event: TaskEvent): KnownTask | undefined {
  const { task_id: taskId, map_index: mapIndex } = event;
  if (taskId === null || mapIndex === null || mapIndex < 0) {
    return undefined;
  }
  const placeholder = draft.get(taskId);
  draft.delete(taskId);
  const like = placeholder ?? draft.find(task => task.task_id === taskId);
  return like && { ...like, ...UNTOUCHED, map_index: mapIndex, seq: 0 };
}

/** Applies many events to the tasks of one run; only touched tasks change identity. */
export function applyTaskEvents(
  tasks: ReadonlyMap<string, KnownTask>,
  events: readonly StreamEvent[]
): ReadonlyMap<string, KnownTask> {
  const draft = new Draft(tasks);
  for (const event of events) {
    if (!isTaskEvent(event) || event.task_id === null) {
      continue;
    }
    const key = taskKey(event.task_id, event.map_index);
    const known = draft.get(key) ?? expanded(draft, event);
    if (known) {
      const next = applyTaskEvent(known, event);
      if (next !== known) {
        draft.set(key, next);
      }
    }
  }
  return draft.done();
}

function applyRunEvent(
  runs: readonly KnownRun[],
  event: Extract<StreamEvent, { kind: 'run.state' }>
): readonly KnownRun[] {
  const index = runs.findIndex(run => run.run_id === event.run_id);
  const known = runs[index];
  if (!known || event.seq <= known.seq) {
    return runs;
  }
  const next: KnownRun = {
    ...known,
    ...event.data,
    duration_seconds: duration(event.data.started_at, event.data.ended_at),
    seq: event.seq
  };
  return runs.map((run, at) => (at === index ? next : run));
}

function lastRunAfter(row: DagRow, event: Extract<StreamEvent, { kind: 'run.state' }>): DagRow {
  return row.last_run && row.last_run.run_id === event.run_id
    ? { ...row, last_run: { ...row.last_run, ...event.data } }
    : row;
}

/** The state after a batch of events; the same object if none of them touched it. */
export function applyEvents(state: CoutureState, events: readonly StreamEvent[]): CoutureState {
  const dags = new Draft(state.dags);
  const runs = new Draft(state.runs);
  const byRun = new Map<string, StreamEvent[]>();
  let { seq, engine, removed } = state;
  for (const event of events) {
    seq = Math.max(seq, event.seq);
    switch (event.kind) {
      case 'dag.changed': {
        const row = dags.get(event.dag_id);
        if (row && row.is_paused !== event.data.is_paused) {
          dags.set(event.dag_id, { ...row, is_paused: event.data.is_paused });
        }
        if (removed.has(event.dag_id)) {
          removed = new Set([...removed].filter(id => id !== event.dag_id));
        }
        break;
      }
      case 'dag.removed':
        dags.delete(event.dag_id);
        removed = new Set([...removed, event.dag_id]);
        break;
      case 'import_errors.changed':
        break;
      case 'engine.state':
        engine = event.data.state;
        break;
      case 'run.state': {
        const list: RunsOfDag | undefined = runs.get(event.dag_id);
        if (list) {
          const next = applyRunEvent(list.runs, event);
          if (next !== list.runs) {
            runs.set(event.dag_id, { ...list, runs: next });
          }
        }
        const row = dags.get(event.dag_id);
        if (row) {
          const next = lastRunAfter(row, event);
          if (next !== row) {
            dags.set(event.dag_id, next);
          }
        }
        break;
      }
      case 'run.removed': {
        const list = runs.get(event.dag_id);
        if (list?.runs.some(run => run.run_id === event.run_id)) {
          const left = list.runs.filter(run => run.run_id !== event.run_id);
          runs.set(event.dag_id, { ...list, runs: left, total: Math.max(0, list.total - 1) });
        }
        break;
      }
      case 'task.state':
      case 'attempt.progress':
        if (event.run_id !== null) {
          const key = runKey(event.dag_id, event.run_id);
          const batch = byRun.get(key);
          if (batch) {
            batch.push(event);
          } else {
            byRun.set(key, [event]);
          }
        }
        break;
      default:
        ignoreUnknown(event);
    }
  }
  const tasks = new Draft<string, TasksOfRun>(state.tasks);
  for (const [key, batch] of byRun) {
    const known = tasks.get(key);
    if (known) {
      tasks.set(key, {
        ...known,
        tasks: applyTaskEvents(known.tasks, batch),
        pending: known.pending ? [...known.pending, ...batch] : null
      });
    }
  }
  return {
    ...state,
    seq,
    engine,
    removed,
    dags: dags.done(),
    runs: runs.done(),
    tasks: tasks.done()
  };
}
