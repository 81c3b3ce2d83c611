/** The JSON of the grid of runs and tasks: columns of numbers, see docs/api.md. */
import type { RunState, RunType, TaskCounts, TaskState } from './wire';

export interface WireGridRun {
  readonly run_id: string;
  readonly run_type: RunType;
  readonly state: RunState;
  readonly version: string;
  readonly logical_date: string;
  readonly queued_at: string;
  readonly started_at: string | null;
  readonly ended_at: string | null;
  /** Places in the `states` of the grid, -1 where the run has no such task. */
  readonly states: readonly number[];
  readonly tries: readonly number[];
  /** Seconds after `queued_at`. */
  readonly starts: readonly (number | null)[];
  readonly ends: readonly (number | null)[];
  /** Instances of mapped tasks by state, by task id. */
  readonly mapped: Readonly<Record<string, TaskCounts>>;
}

export interface WireGrid {
  readonly dag_id: string;
  readonly version: string;
  readonly states: readonly TaskState[];
  readonly tasks: readonly string[];
  /** The first tasks are those of `version`; the others are in older runs only. */
  readonly task_count: number;
  /** The latest last. */
  readonly runs: readonly WireGridRun[];
  readonly has_more: boolean;
  readonly feed_seq: number;
}
