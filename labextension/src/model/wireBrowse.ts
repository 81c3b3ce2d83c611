/** Replies of the routes behind the Browse menu. */
import type { Json, TaskState } from './wire';

export interface FoundTask {
  readonly dag_id: string;
  readonly run_id: string;
  readonly task_id: string;
  /** -1 for a task that is not mapped. */
  readonly map_index: number;
  readonly label: string | null;
  readonly state: TaskState;
  readonly try_number: number;
  readonly max_tries: number;
  readonly operator: string;
  readonly kind: string;
  readonly pool: string;
  readonly queue: string;
  readonly priority_weight: number;
  readonly logical_date: string;
  readonly queued_at: string | null;
  readonly started_at: string | null;
  readonly ended_at: string | null;
  readonly duration_seconds: number | null;
  readonly reason: string | null;
}

export interface TaskPage {
  readonly tasks: readonly FoundTask[];
  readonly total: number;
  readonly has_more: boolean;
}

export interface AuditEntry {
  readonly number: number;
  readonly at: string;
  readonly actor: string;
  readonly event: string;
  readonly source_ip: string;
  readonly dag_id: string | null;
  readonly run_id: string | null;
  readonly task_id: string | null;
  readonly logical_date: string | null;
  readonly extra: Json;
}

export interface AuditPage {
  readonly entries: readonly AuditEntry[];
  readonly total: number;
  readonly has_more: boolean;
}

export type JobKind = 'scheduler' | 'executor' | 'worker' | 'task';
export type JobState = 'starting' | 'running' | 'silent';

export interface Job {
  readonly kind: JobKind;
  readonly name: string;
  readonly state: JobState;
  readonly host: string | null;
  readonly pid: number | null;
  readonly started_at: string | null;
  readonly heartbeat_at: string | null;
  readonly slots: number | null;
  readonly running: number | null;
  readonly dag_id: string | null;
  readonly run_id: string | null;
  readonly task_id: string | null;
  readonly map_index: number | null;
  readonly try_number: number | null;
}

export interface JobPage {
  readonly jobs: readonly Job[];
  readonly total: number;
}

export interface SlaMiss {
  readonly number: number;
  readonly dag_id: string;
  readonly run_id: string;
  /** Empty if the deadline is that of the run. */
  readonly task_id: string;
  readonly logical_date: string;
  readonly deadline: string;
  readonly recorded_at: string;
  readonly mail_id: string | null;
  readonly mail_sent_at: string | null;
  readonly callback: string | null;
  readonly called_back_at: string | null;
  readonly note: string;
}

export interface MissPage {
  readonly misses: readonly SlaMiss[];
  readonly total: number;
}

export interface AssetTask {
  readonly dag_id: string;
  readonly task_id: string | null;
}

export interface Asset {
  readonly uri: string;
  readonly name: string;
  readonly group: string;
  readonly extra: Json;
  readonly producers: readonly AssetTask[];
  readonly consumers: readonly AssetTask[];
  readonly event_count: number;
  readonly last_event_at: string | null;
}

export interface AssetPage {
  readonly assets: readonly Asset[];
  readonly total: number;
}

export interface AssetEvent {
  readonly number: number;
  readonly uri: string;
  readonly at: string;
  readonly extra: Json;
  readonly source_dag_id: string | null;
  readonly source_run_id: string | null;
  readonly source_task_id: string | null;
  readonly source_map_index: number | null;
}

export interface AssetEventPage {
  readonly events: readonly AssetEvent[];
  readonly total: number;
}

export type RunAction = 'set_running' | 'set_success' | 'set_failed' | 'clear' | 'delete';
