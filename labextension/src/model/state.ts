/**
 * What the extension knows, as one immutable value.
 *
 * Two rules make live updates cheap and correct. An object changes identity only if it changed, so a view
 * compares references. Each run and task remembers the sequence number it is at, so a snapshot that was
 * fetched before an event arrived cannot undo that event.
 */
import {
  INITIAL_FILTERS,
  type DagFilter,
  type LabTableId,
  type TableId,
  type WidgetTableId
} from './dagFilter';
import type {
  DagRow,
  EngineState,
  ImportError,
  Me,
  Overview,
  Run,
  StreamEvent,
  TaskInstance
} from './wire';

/** Why something could not be fetched, with the next step. */
export interface Problem {
  readonly kind:
    | 'missing_extension'
    | 'denied'
    | 'not_found'
    | 'conflict'
    | 'invalid'
    | 'unavailable'
    | 'offline'
    | 'internal';
  readonly message: string;
  readonly hint: string;
}

export type Load =
  | { readonly status: 'idle' }
  | { readonly status: 'loading' }
  | { readonly status: 'ready' }
  | { readonly status: 'failed'; readonly problem: Problem };

export type Connection =
  | { readonly status: 'connecting' }
  | { readonly status: 'live' }
  | { readonly status: 'disconnected'; readonly since: number; readonly retryAt: number | null };

/** A run and the sequence number of the newest change seen of it. */
export interface KnownRun extends Run {
  readonly seq: number;
}

/** A task instance, the newest sequence number seen of it, and when that change was committed. */
export interface KnownTask extends TaskInstance {
  readonly seq: number;
  readonly changed_at: string | null;
}

export interface RunsOfDag {
  readonly load: Load;
  readonly runs: readonly KnownRun[];
  readonly total: number;
}

export interface TasksOfRun {
  readonly load: Load;
  readonly tasks: ReadonlyMap<string, KnownTask>;
  /** Events that arrived while a snapshot was under way; applied to it when it lands. */
  readonly pending: readonly StreamEvent[] | null;
}

export interface DagTable {
  readonly filter: DagFilter;
  readonly load: Load;
  readonly order: readonly string[];
  readonly total: number;
  readonly hiddenPaused: number;
}

/** A change asked for by this user and not answered yet, by DAG id. */
export interface PendingChange {
  readonly paused?: boolean;
  readonly triggering?: boolean;
  readonly refreshing?: boolean;
}

export interface CoutureState {
  readonly connection: Connection;
  readonly seq: number;
  readonly engine: EngineState | 'unknown';
  /** Who is here and what it may do; null until the server has said so. */
  readonly me: Me | null;
  readonly overview: Overview | null;
  readonly tables: Readonly<
    Record<LabTableId, DagTable> & Record<WidgetTableId, DagTable | undefined>
  >;
  readonly dags: ReadonlyMap<string, DagRow>;
  readonly removed: ReadonlySet<string>;
  readonly importErrors: readonly ImportError[];
  readonly changes: ReadonlyMap<string, PendingChange>;
  readonly runs: ReadonlyMap<string, RunsOfDag>;
  readonly tasks: ReadonlyMap<string, TasksOfRun>;
}

function emptyTable(id: LabTableId): DagTable {
  const filter = INITIAL_FILTERS[id];
  return { filter, load: { status: 'idle' }, order: [], total: 0, hiddenPaused: 0 };
}

export const INITIAL_STATE: CoutureState = {
  connection: { status: 'connecting' },
  seq: 0,
  engine: 'unknown',
  me: null,
  overview: null,
  tables: { sidebar: emptyTable('sidebar'), page: emptyTable('page') },
  dags: new Map(),
  removed: new Set(),
  importErrors: [],
  changes: new Map(),
  runs: new Map(),
  tasks: new Map()
};

/** A table; one that was not opened yet is empty. */
export function tableOf({ tables }: CoutureState, id: TableId): DagTable {
  return tables[id] ?? INITIAL_STATE.tables.page;
}

/** Key of a run in `CoutureState.tasks`. */
export function runKey(dagId: string, runId: string): string {
  return JSON.stringify([dagId, runId]);
}

/** Key of a task instance inside its run. */
export function taskKey(taskId: string, mapIndex: number | null): string {
  return mapIndex === null || mapIndex < 0 ? taskId : `${taskId}[${mapIndex}]`;
}
