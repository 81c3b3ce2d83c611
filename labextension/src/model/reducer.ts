/** The one place where the state changes: every answer, event and wish of the user is an `Action`. */
import { assertNever } from './assertNever';
import {
  INITIAL_FILTERS,
  TABLE_IDS,
  changedFilter,
  type DagFilter,
  type TableId,
  type WidgetTableId
} from './dagFilter';
import { applyEvents, applyTaskEvents } from './events';
import {
  runKey,
  tableOf,
  taskKey,
  type Connection,
  type CoutureState,
  type DagTable,
  type KnownRun,
  type KnownTask,
  type PendingChange,
  type Problem,
  type RunsOfDag,
  type TasksOfRun
} from './state';
import type {
  DagList,
  DagRow,
  EngineState,
  ImportError,
  Me,
  Overview,
  Run,
  RunList,
  StreamEvent,
  TaskInstance,
  TaskList
} from './wire';

export type Action =
  | { readonly type: 'connection'; readonly connection: Connection }
  | { readonly type: 'events'; readonly events: readonly StreamEvent[] }
  | { readonly type: 'seq'; readonly seq: number }
  | { readonly type: 'engine'; readonly engine: EngineState | 'unknown' }
  | { readonly type: 'me'; readonly me: Me }
  | { readonly type: 'overview'; readonly overview: Overview }
  | { readonly type: 'filter'; readonly table: TableId; readonly filter: Partial<DagFilter> }
  | { readonly type: 'filter.default'; readonly showPaused: boolean }
  | { readonly type: 'table.closed'; readonly table: WidgetTableId }
  | { readonly type: 'dags.loading'; readonly table: TableId }
  | { readonly type: 'dags.loaded'; readonly table: TableId; readonly list: DagList }
  | { readonly type: 'dags.failed'; readonly table: TableId; readonly problem: Problem }
  | { readonly type: 'dag.loaded'; readonly row: DagRow }
  | { readonly type: 'dag.gone'; readonly dagId: string }
  | { readonly type: 'import-errors'; readonly errors: readonly ImportError[] }
  | { readonly type: 'change'; readonly dagId: string; readonly change: PendingChange }
  | { readonly type: 'runs.loading'; readonly dagId: string }
  | { readonly type: 'runs.loaded'; readonly dagId: string; readonly list: RunList }
  | { readonly type: 'runs.failed'; readonly dagId: string; readonly problem: Problem }
  | { readonly type: 'runs.closed'; readonly dagId: string }
  | { readonly type: 'run.created'; readonly run: Run }
  | { readonly type: 'tasks.loading'; readonly dagId: string; readonly runId: string }
  | {
      readonly type: 'tasks.loaded';
      readonly dagId: string;
      readonly runId: string;
      readonly list: TaskList;
    }
  | {
      readonly type: 'tasks.failed';
      readonly dagId: string;
      readonly runId: string;
      readonly problem: Problem;
    }
  | { readonly type: 'tasks.closed'; readonly dagId: string; readonly runId: string };

const NO_RUNS: RunsOfDag = { load: { status: 'idle' }, runs: [], total: 0 };
const NO_TASKS: TasksOfRun = { load: { status: 'idle' }, tasks: new Map(), pending: null };

function withEntry<K, V>(map: ReadonlyMap<K, V>, key: K, value: V): ReadonlyMap<K, V> {
  return new Map(map).set(key, value);
}

function withoutEntry<K, V>(map: ReadonlyMap<K, V>, key: K): ReadonlyMap<K, V> {
  const copy = new Map(map);
  copy.delete(key);
  return copy;
}

/** When a snapshot row describes the same thing as before, keep the old object: nobody redraws. */
function sameJson(left: object, right: object): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}

function withRow(dags: ReadonlyMap<string, DagRow>, row: DagRow): ReadonlyMap<string, DagRow> {
  const known = dags.get(row.dag_id);
  return known && sameJson(known, row) ? dags : withEntry(dags, row.dag_id, row);
}

function withTable(state: CoutureState, id: TableId, part: Partial<DagTable>): CoutureState {
  return { ...state, tables: { ...state.tables, [id]: { ...tableOf(state, id), ...part } } };
}

/** What the user's settings say, where the filter has not been touched yet. */
function withDefaults(state: CoutureState, showPaused: boolean): CoutureState {
  return TABLE_IDS.reduce(
    (next, id) =>
      next.tables[id].filter === INITIAL_FILTERS[id]
        ? withTable(next, id, { filter: { ...INITIAL_FILTERS[id], showPaused } })
        : next,
    state
  );
}

function withPage(state: CoutureState, id: TableId, list: DagList): CoutureState {
  const dags = new Map(state.dags);
  for (const row of list.dags) {
    const known = dags.get(row.dag_id);
    if (!known || !sameJson(known, row)) {
      dags.set(row.dag_id, row);
    }
  }
  return {
    ...withTable(state, id, {
      load: { status: 'ready' },
      order: list.dags.map(row => row.dag_id),
      total: list.total,
      hiddenPaused: list.hidden_paused
    }),
    dags
  };
}

function mergeRuns(known: readonly KnownRun[], list: RunList): readonly KnownRun[] {
  const before = new Map(known.map(run => [run.run_id, run]));
  return list.runs.map(run => {
    const old = before.get(run.run_id);
    return old && old.seq > list.feed_seq ? old : { ...run, seq: list.feed_seq };
  });
}

function mergeTasks(known: TasksOfRun, list: TaskList): ReadonlyMap<string, KnownTask> {
  const tasks = new Map<string, KnownTask>();
  for (const task of list.tasks) {
    const key = taskKey(task.task_id, task.map_index);
    tasks.set(key, fromSnapshot(known.tasks.get(key), task, list.feed_seq));
  }
  return applyTaskEvents(tasks, known.pending ?? []);
}

function fromSnapshot(old: KnownTask | undefined, task: TaskInstance, seq: number): KnownTask {
  if (old && old.seq >= seq) {
    return old;
  }
  if (old && old.state === task.state && old.try_number === task.try_number) {
    const { seq: _seq, changed_at: _changedAt, ...bare } = old;
    return sameJson(bare, task) ? old : { ...task, seq, changed_at: old.changed_at };
  }
  return { ...task, seq, changed_at: task.ended_at ?? task.started_at ?? task.queued_at };
}

function withChange(state: CoutureState, dagId: string, change: PendingChange): CoutureState {
  const merged = { ...state.changes.get(dagId), ...change };
  const open = Object.values(merged).some(value => value !== undefined);
  return {
    ...state,
    changes: open ? withEntry(state.changes, dagId, merged) : withoutEntry(state.changes, dagId)
  };
}

function withCreatedRun(state: CoutureState, run: Run): CoutureState {
  const list = state.runs.get(run.dag_id);
  if (!list || list.runs.some(known => known.run_id === run.run_id)) {
    return state;
  }
  const runs = [{ ...run, seq: state.seq }, ...list.runs];
  return {
    ...state,
    runs: withEntry(state.runs, run.dag_id, { ...list, runs, total: list.total + 1 })
  };
}

export function reduce(state: CoutureState, action: Action): CoutureState {
  switch (action.type) {
    case 'connection':
      return { ...state, connection: action.connection };
    case 'events':
      return applyEvents(state, action.events);
    case 'seq':
      return { ...state, seq: Math.max(state.seq, action.seq) };
    case 'engine':
      return state.engine === action.engine ? state : { ...state, engine: action.engine };
    case 'me':
      return { ...state, me: action.me };
    case 'overview':
      return { ...state, overview: action.overview };
    case 'filter':
      return withTable(state, action.table, {
        filter: changedFilter(tableOf(state, action.table).filter, action.filter)
      });
    case 'filter.default':
      return withDefaults(state, action.showPaused);
    case 'table.closed':
      return { ...state, tables: { ...state.tables, [action.table]: undefined } };
    case 'dags.loading':
      return tableOf(state, action.table).load.status === 'ready'
        ? state
        : withTable(state, action.table, { load: { status: 'loading' } });
    case 'dags.loaded':
      return withPage(state, action.table, action.list);
    case 'dags.failed':
      return withTable(state, action.table, {
        load: { status: 'failed', problem: action.problem }
      });
    case 'dag.loaded': {
      const dags = withRow(state.dags, action.row);
      return dags === state.dags ? state : { ...state, dags };
    }
    case 'dag.gone':
      return {
        ...state,
        dags: withoutEntry(state.dags, action.dagId),
        removed: new Set([...state.removed, action.dagId])
      };
    case 'import-errors':
      return { ...state, importErrors: action.errors };
    case 'change':
      return withChange(state, action.dagId, action.change);
    case 'runs.loading': {
      const list = state.runs.get(action.dagId) ?? NO_RUNS;
      return list.load.status === 'ready'
        ? state
        : {
            ...state,
            runs: withEntry(state.runs, action.dagId, { ...list, load: { status: 'loading' } })
          };
    }
    case 'runs.loaded': {
      const list = state.runs.get(action.dagId) ?? NO_RUNS;
      const next: RunsOfDag = {
        load: { status: 'ready' },
        runs: mergeRuns(list.runs, action.list),
        total: action.list.total
      };
      return { ...state, runs: withEntry(state.runs, action.dagId, next) };
    }
    case 'runs.failed': {
      const list = state.runs.get(action.dagId) ?? NO_RUNS;
      const load = { status: 'failed', problem: action.problem } as const;
      return { ...state, runs: withEntry(state.runs, action.dagId, { ...list, load }) };
    }
    case 'runs.closed':
      return { ...state, runs: withoutEntry(state.runs, action.dagId) };
    case 'run.created':
      return withCreatedRun(state, action.run);
    case 'tasks.loading': {
      const key = runKey(action.dagId, action.runId);
      const known = state.tasks.get(key) ?? NO_TASKS;
      const load = known.load.status === 'ready' ? known.load : ({ status: 'loading' } as const);
      return {
        ...state,
        tasks: withEntry(state.tasks, key, { ...known, load, pending: known.pending ?? [] })
      };
    }
    case 'tasks.loaded': {
      const key = runKey(action.dagId, action.runId);
      const known = state.tasks.get(key);
      return known
        ? {
            ...state,
            tasks: withEntry(state.tasks, key, {
              load: { status: 'ready' },
              tasks: mergeTasks(known, action.list),
              pending: null
            })
          }
        : state;
    }
    case 'tasks.failed': {
      const key = runKey(action.dagId, action.runId);
      const known = state.tasks.get(key);
      const load = { status: 'failed', problem: action.problem } as const;
      return known
        ? { ...state, tasks: withEntry(state.tasks, key, { ...known, load, pending: null }) }
        : state;
    }
    case 'tasks.closed':
      return { ...state, tasks: withoutEntry(state.tasks, runKey(action.dagId, action.runId)) };
    default:
      return assertNever(action);
  }
}
