/** What travels for the page of a DAG, as `wire_dag_page.py` has it. */
import type { RunCounts } from './wire';

export interface Statistics {
  readonly dag_id: string;
  readonly run_counts: RunCounts;
  /** How many ended runs, the newest, gave rates and durations; those are of the successful ones. */
  readonly looked_at: number;
  readonly success_rate_lately: number | null;
  readonly success_rate: number | null;
  readonly median_seconds: number | null;
  readonly p95_seconds: number | null;
  readonly last_success: {
    readonly run_id: string;
    readonly started_at: string | null;
    readonly ended_at: string | null;
  } | null;
  readonly running: readonly {
    readonly run_id: string;
    readonly started_at: string | null;
    readonly expected_end_at: string | null;
  }[];
  readonly operators: Readonly<Record<string, number>>;
}

export interface VersionUse {
  readonly version: string;
  readonly created_at: string;
  readonly is_present: boolean;
  readonly run_count: number;
  readonly first_run_id: string | null;
  readonly last_run_id: string | null;
}

export interface LinePair {
  readonly kind: 'same' | 'changed' | 'removed' | 'added';
  readonly older: string | null;
  readonly newer: string | null;
}

export interface Hunk {
  readonly older_start: number;
  readonly newer_start: number;
  readonly lines: readonly LinePair[];
}

export interface VersionDiff {
  readonly file: string;
  readonly older: string;
  readonly newer: string;
  readonly hunks: readonly Hunk[];
}

export interface NextRuns {
  readonly schedule: string | null;
  readonly timezone: string;
  readonly is_paused: boolean;
  readonly problem: string | null;
  readonly runs: readonly {
    readonly logical_date: string;
    readonly due_at: string;
    readonly local_time: string;
  }[];
}
