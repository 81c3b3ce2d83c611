/** The JSON of questions to people, of values handed on, of lists over all runs. */
import type { GraphNode, Json, JsonObject, TaskState, WaitReason } from './wire';

/** What a task asks people. No assignees: whoever may act on tasks may answer. */
export interface Question {
  readonly subject: string;
  readonly body: string;
  readonly options: readonly string[];
  readonly multiple: boolean;
  readonly defaults: readonly string[];
  readonly assignees: readonly string[];
  readonly params: JsonObject;
  readonly until: string | null;
}

/** A value that a task handed on: a preview, never the value. */
export interface XCom {
  readonly dag_id: string;
  readonly run_id: string;
  readonly task_id: string;
  readonly map_index: number;
  readonly key: string;
  readonly form: string;
  readonly type: string;
  readonly size_bytes: number;
  readonly is_file: boolean;
  readonly preview: Json;
  readonly pushed_at: string;
}

export interface XComList {
  readonly xcoms: readonly XCom[];
  readonly total: number;
}

/** A task instance of any run. */
export interface FoundTask {
  readonly dag_id: string;
  readonly run_id: string;
  readonly task_id: string;
  readonly map_index: number;
  readonly state: TaskState;
  readonly try_number: number;
  readonly max_tries: number;
  readonly logical_date: string;
  readonly started_at: string | null;
  readonly ended_at: string | null;
  readonly duration_seconds: number | null;
  readonly reason: string | null;
}

export interface FoundTasks {
  readonly tasks: readonly FoundTask[];
  /** Counts no further than 10,000; then `has_more`. */
  readonly total: number;
  readonly has_more: boolean;
}

/** What else the file says about a task. */
export type NodeFacts = GraphNode & {
  readonly owner?: string;
  readonly pool?: string;
  readonly pool_slots?: number;
  readonly queue?: string;
  readonly priority_weight?: number;
  readonly timeout_seconds?: number | null;
  readonly depends_on_past?: boolean;
  readonly wait_for_downstream?: boolean;
};

/** Why one task instance does not run, or never ran. */
export interface TaskWhy {
  readonly task_id: string;
  readonly map_index: number;
  readonly state: TaskState;
  readonly reasons: readonly ReasonWithFacts[];
}

/** What holds up a run, and task by task; `total` counts tasks left out, too. */
export interface RunWhy {
  readonly reasons: readonly ReasonWithFacts[];
  readonly tasks: readonly TaskWhy[];
  readonly total: number;
}

/** A reason with the facts its sentence was made of. */
export type ReasonWithFacts = WaitReason & { readonly facts?: JsonObject };
