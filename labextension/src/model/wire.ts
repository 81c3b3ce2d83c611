/**
 * The JSON that crosses between the Jupyter server and this extension.
 *
 * Times are ISO 8601 strings in UTC, durations seconds, log positions bytes. Nothing here is computed in
 * the browser: a field added by a selector or the reducer lives in `state.ts`.
 */
import type { Spent } from './wireUsage';

export const TASK_STATES = [
  'none',
  'scheduled',
  'queued',
  'running',
  'success',
  'failed',
  'up_for_retry',
  'up_for_reschedule',
  'deferred',
  'skipped',
  'upstream_failed',
  'removed',
  'restarting',
  'awaiting_input'
] as const;
export type TaskState = (typeof TASK_STATES)[number];

export const RUN_TYPES = ['manual', 'scheduled', 'backfill', 'asset_triggered'] as const;
export type RunType = (typeof RUN_TYPES)[number];

export const RUN_STATES = ['queued', 'running', 'success', 'failed'] as const;
export type RunState = (typeof RUN_STATES)[number];

export type AttemptState =
  | 'dispatching'
  | 'running'
  | 'success'
  | 'failed'
  | 'timed_out'
  | 'cancelled'
  | 'lost'
  | 'superseded';

export type EngineState = 'leading' | 'starting' | 'down';
export type TaskKind = 'python' | 'bash' | 'empty' | 'notebook';

/** Any value JSON can carry: a run's conf, a parameter, a rendered field. */
export type Json =
  null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

export type TaskCounts = Readonly<Partial<Record<TaskState, number>>>;
export type RunCounts = Readonly<Partial<Record<RunState, number>>>;

export interface WireError {
  readonly type:
    | 'bad_request'
    | 'denied'
    | 'not_found'
    | 'conflict'
    | 'stale'
    | 'invalid'
    | 'unavailable'
    | 'internal';
  readonly message: string;
  readonly hint: string;
  readonly field: string | null;
  readonly ids: Readonly<Record<string, string>>;
}

export interface Health {
  readonly status: 'healthy' | 'starting' | 'unhealthy';
  readonly version: string;
  readonly engine: {
    readonly state: EngineState;
    readonly holder: string | null;
    readonly heartbeat_at: string | null;
    readonly pid: number | null;
    readonly last_error: string | null;
  };
  readonly executor: {
    readonly kind: string;
    readonly workers: number;
    readonly slots: number;
    readonly open_attempts: number;
  };
  readonly database: { readonly ok: boolean; readonly dialect: string };
  readonly feed_seq: number;
}

export interface Me {
  readonly name: string;
  readonly display_name: string;
  readonly role: string;
  readonly permissions: readonly string[];
}

export interface Overview {
  readonly running_tasks: number;
  readonly queued_tasks: number;
  readonly running_runs: number;
  readonly failed_runs_24h: number;
  readonly import_errors: number;
  readonly feed_seq: number;
}

export interface Run {
  readonly dag_id: string;
  readonly run_id: string;
  readonly run_type: RunType;
  readonly state: RunState;
  readonly version: string;
  readonly logical_date: string;
  readonly data_interval_start: string;
  readonly data_interval_end: string;
  readonly queued_at: string;
  readonly started_at: string | null;
  readonly ended_at: string | null;
  readonly duration_seconds: number | null;
  readonly conf: JsonObject;
  readonly external_trigger: boolean;
  readonly cancel_requested: boolean;
  readonly reason: string | null;
  readonly task_counts: TaskCounts;
}

export interface DagRow {
  readonly dag_id: string;
  readonly description: string;
  readonly is_paused: boolean;
  readonly schedule: string | null;
  readonly schedule_label: string;
  readonly timezone: string;
  readonly owner: string;
  readonly tags: readonly string[];
  readonly file: string;
  readonly version: string;
  readonly version_short: string;
  readonly has_import_error: boolean;
  readonly last_run: Run | null;
  readonly next_run_at: string | null;
  readonly run_counts: RunCounts;
  readonly recent_tasks: TaskCounts;
  readonly task_count: number;
}

export interface DagVersion {
  readonly version: string;
  readonly created_at: string;
}

export interface DagDetail extends DagRow {
  readonly doc: string;
  readonly params: JsonObject;
  readonly default_args: JsonObject;
  readonly catchup: boolean;
  readonly max_active_runs: number;
  readonly max_active_tasks: number;
  readonly start_date: string | null;
  readonly end_date: string | null;
  readonly versions: readonly DagVersion[];
  /** Whose habits the file has: ours (`native`), or those of a version of Airflow. */
  readonly dialect: Dialect;
  /** What the file says that has no effect, a sentence each. */
  readonly warnings: readonly string[];
  readonly display_name: string;
  readonly owner_links: JsonObject;
  /** JSON schemas of those parameters that have one, by name; `"x-required": true` if a run must give a value. */
  readonly params_schema: JsonObject;
  readonly run_timeout_seconds: number | null;
  readonly sla_seconds: number | null;
  readonly is_fail_fast: boolean;
  readonly max_failed_runs: number;
  readonly callbacks: readonly string[];
  readonly assets: readonly string[];
}

export type Dialect = 'native' | 'airflow-1.10' | 'airflow-2' | 'airflow-3';

export interface DagList {
  readonly dags: readonly DagRow[];
  readonly total: number;
  readonly hidden_paused: number;
  readonly feed_seq: number;
}

export interface ImportError {
  readonly file: string;
  readonly line: number | null;
  readonly message: string;
  readonly at: string | null;
}

export interface RefreshResult {
  readonly dag_id: string;
  readonly version: string;
  readonly changed: boolean;
  readonly errors: readonly ImportError[];
}

/** Why attempts of a task can only fail. */
export interface Missing {
  /** The Airflow provider it comes from, as a package, or what else it needs. */
  readonly provider: string;
  readonly sentence: string;
}

export interface GraphNode {
  readonly id: string;
  readonly operator: string;
  readonly kind: TaskKind;
  readonly label: string;
  readonly group: string | null;
  readonly description: string;
  readonly trigger_rule: string;
  readonly retries: number;
  readonly missing: Missing | null;
  /** One instance for each value of something, known when the run is under way. */
  readonly is_mapped: boolean;
  /** The DAG that the task runs, if the file says which. */
  readonly child_dag: string | null;
}

/** A task group; `parent` is null for one that lies in no other. */
export interface GraphGroup {
  readonly id: string;
  readonly label: string;
  readonly parent: string | null;
  readonly tooltip: string;
}

/** Upstream task id, downstream task id. */
export type GraphEdge = readonly [string, string];

export interface Graph {
  readonly dag_id: string;
  readonly version: string;
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  readonly groups: readonly GraphGroup[];
}

export interface Source {
  readonly dag_id: string;
  readonly version: string;
  readonly file: string;
  readonly source: string;
}

export interface RunList {
  readonly runs: readonly Run[];
  readonly total: number;
  readonly feed_seq: number;
}

export interface TriggerBody {
  readonly conf?: JsonObject;
  readonly logical_date?: string | null;
  readonly run_id?: string | null;
  readonly idempotency_key?: string | null;
}

export interface Progress {
  readonly done: number;
  readonly total: number;
  readonly label: string;
}

export interface TaskInstance {
  readonly dag_id: string;
  readonly run_id: string;
  readonly task_id: string;
  /** -1 for a task that is not mapped. */
  readonly map_index: number;
  readonly state: TaskState;
  readonly try_number: number;
  readonly max_tries: number;
  readonly operator: string;
  readonly kind: TaskKind;
  readonly queued_at: string | null;
  readonly started_at: string | null;
  readonly ended_at: string | null;
  readonly duration_seconds: number | null;
  readonly next_retry_at: string | null;
  readonly reason: string | null;
  readonly progress: Progress | null;
}

export interface TaskList {
  readonly tasks: readonly TaskInstance[];
  readonly feed_seq: number;
}

export interface AttemptError {
  readonly type: string;
  readonly message: string;
  readonly traceback: string;
  readonly hint: string;
}

export interface Attempt extends Spent {
  readonly attempt_id: string;
  readonly try_number: number;
  readonly state: AttemptState;
  readonly dispatched_at: string;
  readonly started_at: string | null;
  readonly ended_at: string | null;
  readonly duration_seconds: number | null;
  readonly host: string | null;
  readonly pid: number | null;
  readonly exit_code: number | null;
  readonly error: AttemptError | null;
  readonly log_size: number;
}

export interface Rendered {
  readonly fields: JsonObject;
  readonly params: JsonObject;
  readonly conf: JsonObject;
}

export interface TaskDetail extends TaskInstance {
  readonly attempts: readonly Attempt[];
  /** The template fields alone; `Rendered` has more. */
  readonly rendered: JsonObject | null;
  /** Path of the executed notebook, as the lab opens it. */
  readonly notebook: string | null;
  readonly missing: Missing | null;
}

/** One thing that stands in the way of a task that does not run. */
export interface WaitReason {
  readonly kind: string;
  readonly sentence: string;
}

export interface Why {
  /** Empty: it runs, or is about to. */
  readonly reasons: readonly WaitReason[];
}

export interface LogChunk {
  readonly text: string;
  readonly offset: number;
  readonly next_offset: number;
  readonly size: number;
  readonly complete: boolean;
}

interface EventBase<Kind extends string, Data, DagId = string> {
  readonly seq: number;
  /** When the change was committed. */
  readonly at: string;
  readonly kind: Kind;
  readonly dag_id: DagId;
  readonly run_id: string | null;
  readonly task_id: string | null;
  readonly map_index: number | null;
  readonly data: Data;
}

export type StreamEvent =
  | EventBase<'dag.changed', { readonly is_paused: boolean; readonly version: string }>
  | EventBase<'dag.removed', Readonly<Record<string, never>>>
  | EventBase<'import_errors.changed', { readonly count: number }, string | null>
  | EventBase<
      'run.state',
      Pick<
        Run,
        'state' | 'run_type' | 'logical_date' | 'queued_at' | 'started_at' | 'ended_at' | 'version'
      >
    >
  | EventBase<'run.removed', Readonly<Record<string, never>>>
  | EventBase<
      'task.state',
      Pick<
        TaskInstance,
        | 'state'
        | 'try_number'
        | 'queued_at'
        | 'started_at'
        | 'ended_at'
        | 'next_retry_at'
        | 'reason'
      >
    >
  | EventBase<'attempt.progress', Progress & { readonly try_number: number }>
  | EventBase<'engine.state', { readonly state: EngineState }, string | null>;

export type ServerMessage =
  | {
      readonly type: 'hello';
      readonly seq: number;
      readonly oldest: number;
      readonly protocol: number;
      readonly server: string;
    }
  | { readonly type: 'events'; readonly events: readonly StreamEvent[] }
  | { readonly type: 'reset'; readonly seq: number }
  | { readonly type: 'heartbeat'; readonly seq: number }
  | { readonly type: 'engine'; readonly state: EngineState };
