/** The JSON of actions on task instances, runs and DAGs, and of backfills. */
import type { JsonObject, RunState, TaskState } from './wire';

/** A task instance that an action would touch, in its present state. */
export interface Touched {
  readonly dag_id: string;
  readonly run_id: string;
  readonly task_id: string;
  readonly map_index: number;
  readonly state: TaskState;
}

/** What an action would touch; `token` sent back makes sure that nothing else is touched. */
export interface Preview {
  /** The first few thousand; `total` counts all. */
  readonly touched: readonly Touched[];
  readonly total: number;
  readonly token: string;
}

/** What came of an order in one run. Nothing touched and no notes: it was as it should be already. */
export interface RunOutcome {
  readonly dag_id: string;
  readonly run_id: string;
  readonly touched: number;
  readonly notes: readonly string[];
}

/** An order to the engine; while `is_done` is false it has not come to it. `runs`: the same run by run. */
export interface OrderReply {
  readonly number: number;
  readonly is_done: boolean;
  readonly touched: number;
  readonly notes: readonly string[];
  readonly runs: readonly RunOutcome[];
}

/** What one can do with a run that exists. */
export type RunAction =
  | { readonly kind: 'clear'; readonly onlyFailed: boolean; readonly latestVersion: boolean }
  | { readonly kind: 'mark'; readonly state: 'success' | 'failed' }
  | { readonly kind: 'delete' };

export type Reprocess = 'none' | 'failed' | 'completed';

export interface BackfillBody {
  readonly dag_id: string;
  readonly from_date: string;
  readonly to_date: string;
  readonly reprocess: Reprocess;
  readonly run_backwards: boolean;
  readonly max_active_runs: number;
  readonly conf: JsonObject;
}

export type BackfillOutcome = 'pending' | 'created' | 'cleared' | 'kept' | 'cancelled';

export interface Backfill extends BackfillBody {
  readonly backfill_id: number;
  readonly state: string;
  readonly created_at: string;
  readonly created_by: string;
  readonly ended_at: string | null;
  readonly counts: Readonly<Partial<Record<BackfillOutcome, number>>>;
}

export interface BackfillSlot {
  readonly logical_date: string;
  readonly data_interval_end: string;
  readonly outcome: BackfillOutcome;
  readonly run_id: string | null;
  readonly run_state: RunState | null;
}

/** What a backfill would do; `token` sent back makes sure that it does nothing else. */
export interface BackfillPreview {
  readonly token: string;
  readonly slots: readonly BackfillSlot[];
  readonly total: number;
  readonly counts: Readonly<Partial<Record<BackfillOutcome, number>>>;
}

export type BackfillAct = 'pause' | 'resume' | 'cancel';
