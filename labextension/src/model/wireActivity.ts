/** JSON of what goes on in the whole deployment: the overview. */
import type { Run, RunType } from './wire';

export interface ActiveRun {
  readonly run: Run;
  /** Median of the DAG's newest runs that succeeded; null if none has. */
  readonly usual_seconds: number | null;
}

export interface FailedRun {
  readonly dag_id: string;
  readonly run_id: string;
  readonly run_type: RunType;
  readonly logical_date: string;
  readonly ended_at: string | null;
  readonly reason: string | null;
  /** The task instance that failed first; null if the run failed without one. */
  readonly task: {
    readonly task_id: string;
    readonly map_index: number;
    readonly try_number: number;
    readonly reason: string | null;
  } | null;
}

export interface ComingRun {
  readonly dag_id: string;
  readonly due_at: string;
}

export interface Activity {
  readonly active: readonly ActiveRun[];
  readonly failed: readonly FailedRun[];
  readonly coming: readonly ComingRun[];
}

/** A pool and its slots; `open` is null if there is no limit. */
export interface PoolUse {
  readonly name: string;
  readonly slots: number;
  readonly description: string;
  readonly running: number;
  readonly queued: number;
  readonly scheduled: number;
  readonly deferred: number;
  readonly open: number | null;
}

/** A deadline that was missed; `task_id` is empty if it is that of the run. */
export interface MissedDeadline {
  readonly number: number;
  readonly dag_id: string;
  readonly run_id: string;
  readonly task_id: string;
  readonly deadline: string;
  readonly recorded_at: string;
  readonly note: string;
}

/** Dask's own pages. `path` is below the base URL and null unless they are ready; then `message` says why. */
export interface Dashboard {
  readonly state: 'off' | 'ready' | 'down';
  readonly path: string | null;
  readonly message: string;
}
