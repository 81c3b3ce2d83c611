/**
 * The newest runs of a DAG with the state of every task, and how events change it.
 *
 * Only what changed gets a new identity: a run is replaced when one of its cells is, the grid when one of its runs is.
 * A run remembers the sequence number it is at, so that an event that is in it already does not count twice.
 */
import {
  TASK_STATES,
  type RunState,
  type RunType,
  type StreamEvent,
  type TaskCounts,
  type TaskState
} from './wire';
import type { WireGrid, WireGridRun } from './wireGrid';

/** Of a run that has no such task. */
export const NO_TASK = -1;

/** A run; the columns have one entry for each task of the grid. */
export interface GridRun {
  readonly runId: string;
  readonly runType: RunType;
  readonly state: RunState;
  readonly version: string;
  readonly logicalDate: string;
  readonly queuedAt: string;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly seq: number;
  /** Places in `TASK_STATES`, or `NO_TASK`. */
  readonly codes: readonly number[];
  readonly tries: readonly number[];
  /** Seconds after `queuedAt`. */
  readonly starts: readonly (number | null)[];
  readonly ends: readonly (number | null)[];
  readonly mapped: Readonly<Record<string, TaskCounts>>;
}

export interface Grid {
  readonly version: string;
  readonly tasks: readonly string[];
  readonly placeOf: ReadonlyMap<string, number>;
  /** The first tasks are those of `version`; the others are in older runs only. */
  readonly taskCount: number;
  /** The latest last. */
  readonly runs: readonly GridRun[];
  readonly hasMore: boolean;
  readonly seq: number;
}

/** What events did to a grid, and what only the server knows now. */
export interface GridChange {
  readonly grid: Grid;
  /** Runs whose cells must be fetched again: of mapped tasks only the server has all instances. */
  readonly staleRuns: ReadonlySet<string>;
  /** Runs, tasks or versions that are not in it have come. */
  readonly isOutgrown: boolean;
}

type RunEvent = Extract<StreamEvent, { kind: 'run.state' }>;
type TaskEvent = Extract<StreamEvent, { kind: 'task.state' }>;

export function isOpen(run: { readonly state: RunState }): boolean {
  return run.state === 'running' || run.state === 'queued';
}

function readRun(run: WireGridRun, codes: readonly number[], seq: number): GridRun {
  return {
    runId: run.run_id,
    runType: run.run_type,
    state: run.state,
    version: run.version,
    logicalDate: run.logical_date,
    queuedAt: run.queued_at,
    startedAt: run.started_at,
    endedAt: run.ended_at,
    seq,
    codes: run.states.map(code => codes[code] ?? NO_TASK),
    tries: run.tries,
    starts: run.starts,
    ends: run.ends,
    mapped: run.mapped
  };
}

export function readGrid(wire: WireGrid): Grid {
  const codes = wire.states.map(state => TASK_STATES.indexOf(state));
  return {
    version: wire.version,
    tasks: wire.tasks,
    placeOf: new Map(wire.tasks.map((taskId, place) => [taskId, place])),
    taskCount: wire.task_count,
    runs: wire.runs.map(run => readRun(run, codes, wire.feed_seq)),
    hasMore: wire.has_more,
    seq: wire.feed_seq
  };
}

/** Puts the runs of `fresh` in place of the older ones in `grid`; null if their tasks are not the same. */
export function withFreshRuns(grid: Grid, fresh: Grid): Grid | null {
  const byId = new Map(fresh.runs.map(run => [run.runId, run]));
  const isSame =
    fresh.version === grid.version && fresh.tasks.every(taskId => grid.placeOf.has(taskId));
  if (!isSame) {
    return null;
  }
  const places = grid.tasks.map(taskId => fresh.placeOf.get(taskId));
  const spread = <T>(column: readonly T[], absent: T): readonly T[] =>
    places.map(place => (place === undefined ? absent : (column[place] ?? absent)));
  return {
    ...grid,
    runs: grid.runs.map(run => {
      const next = byId.get(run.runId);
      return next && next.seq > run.seq
        ? {
            ...next,
            codes: spread(next.codes, NO_TASK),
            tries: spread(next.tries, 0),
            starts: spread<number | null>(next.starts, null),
            ends: spread<number | null>(next.ends, null)
          }
        : run;
    })
  };
}

function secondsAfter(zero: string, at: string | null): number | null {
  return at === null ? null : (Date.parse(at) - Date.parse(zero)) / 1000;
}

function replaced<T>(column: readonly T[], place: number, value: T): readonly T[] {
  return column.map((known, at) => (at === place ? value : known));
}

function withTask(run: GridRun, place: number, event: TaskEvent): GridRun {
  const { state, try_number, started_at, ended_at } = event.data;
  return {
    ...run,
    seq: event.seq,
    codes: replaced(run.codes, place, TASK_STATES.indexOf(state)),
    tries: replaced(run.tries, place, try_number),
    starts: replaced(run.starts, place, secondsAfter(run.queuedAt, started_at)),
    ends: replaced(run.ends, place, secondsAfter(run.queuedAt, ended_at))
  };
}

function withRun(run: GridRun, event: RunEvent): GridRun {
  const { state, version, started_at, ended_at } = event.data;
  return {
    ...run,
    seq: event.seq,
    state,
    version,
    startedAt: started_at,
    endedAt: ended_at
  };
}

/** Applies what is newer than what is known of each run of the DAG. */
export function applyGridEvents(
  grid: Grid,
  dagId: string,
  events: readonly StreamEvent[]
): GridChange {
  const runs = new Map(grid.runs.map(run => [run.runId, run]));
  const staleRuns = new Set<string>();
  let isOutgrown = false;
  let isChanged = false;
  for (const event of events) {
    if (event.dag_id !== dagId || event.seq <= grid.seq) {
      continue;
    }
    if (event.kind === 'run.removed') {
      isChanged = runs.delete(event.run_id ?? '') || isChanged;
      continue;
    }
    if (event.kind === 'dag.changed') {
      isOutgrown ||= event.data.version !== grid.version;
      continue;
    }
    if ((event.kind !== 'run.state' && event.kind !== 'task.state') || event.run_id === null) {
      continue;
    }
    const run = runs.get(event.run_id);
    if (!run) {
      isOutgrown ||= event.kind === 'run.state';
    } else if (event.seq > run.seq) {
      const next =
        event.kind === 'run.state' ? afterRunEvent(run, event) : afterTaskEvent(grid, run, event);
      if (next === 'unknown') {
        isOutgrown = true;
      } else if (next === 'stale') {
        staleRuns.add(run.runId);
      } else {
        isChanged = true;
        runs.set(run.runId, next);
      }
    }
  }
  return {
    grid: isChanged ? { ...grid, runs: [...runs.values()] } : grid,
    staleRuns,
    isOutgrown
  };
}

function afterRunEvent(run: GridRun, event: RunEvent): GridRun | 'unknown' {
  // Cleared for another version: it has other tasks now.
  return event.data.version === run.version ? withRun(run, event) : 'unknown';
}

function afterTaskEvent(grid: Grid, run: GridRun, event: TaskEvent): GridRun | 'unknown' | 'stale' {
  const place = event.task_id === null ? undefined : grid.placeOf.get(event.task_id);
  if (place === undefined || event.task_id === null) {
    return 'unknown';
  }
  const isMapped = (event.map_index ?? NO_TASK) >= 0 || run.mapped[event.task_id] !== undefined;
  return isMapped ? 'stale' : withTask(run, place, event);
}

/** How many tasks are in each state, over all runs. */
export function countGrid(grid: Grid): TaskCounts {
  const numbers = TASK_STATES.map(() => 0);
  for (const run of grid.runs) {
    for (const code of run.codes) {
      if (code >= 0) {
        numbers[code] = (numbers[code] ?? 0) + 1;
      }
    }
  }
  const counts: Partial<Record<TaskState, number>> = {};
  TASK_STATES.forEach((state, code) => {
    if (numbers[code]) {
      counts[state] = numbers[code];
    }
  });
  return counts;
}
