/** What the chart routes answer. Times are ISO 8601 in UTC. */
import type { AttemptState, JsonObject, RunState, TaskState } from './wire';

/** Properties of a figure's models, by model name. */
export type FigureModels = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

export interface Chart {
  /** What `Bokeh.embed.embed_item` takes; null where the page said that it has it. */
  readonly item: JsonObject | null;
  /** The version of BokehJS that it needs. */
  readonly version: string;
  readonly models: FigureModels;
  readonly height: number;
  readonly is_empty: boolean;
  readonly is_unchanged: boolean;
  readonly stamp: string;
  /** The server's clock. */
  readonly now: string;
}

export interface HistoryPoint {
  /** Seconds, or a number of tries. */
  readonly value: number;
  readonly state: TaskState;
  readonly tries: number;
  readonly instances: number;
  readonly is_outlier: boolean;
}

export interface HistoryLine {
  /** Null is the whole run. */
  readonly task_id: string | null;
  readonly median: number;
  readonly points: readonly (HistoryPoint | null)[];
}

export interface HistoryChart extends Chart {
  readonly runs: readonly {
    readonly run_id: string;
    readonly logical_date: string;
    readonly state: RunState;
  }[];
  readonly lines: readonly HistoryLine[];
  readonly left_out: number;
}

export interface AttemptBar {
  readonly task_id: string;
  readonly map_index: number;
  readonly try_number: number;
  readonly label: string;
  readonly state: AttemptState;
  readonly queued_at: string;
  readonly started_at: string | null;
  readonly ended_at: string | null;
}

export interface CellBar {
  readonly task_id: string;
  readonly map_index: number;
  readonly try_number: number;
  readonly number: number;
  readonly label: string;
  readonly started_at: string;
  readonly ended_at: string | null;
  readonly is_failed: boolean;
}

export interface GanttChart extends Chart {
  readonly attempts: readonly AttemptBar[];
  readonly cells: readonly CellBar[];
  readonly timezone: string;
  readonly first_row: number;
  readonly shown_rows: number;
  readonly total_rows: number;
  /** Older attempts in the rows that are shown. */
  readonly attempts_left_out: number;
  /** Older notebooks whose cells are not shown. */
  readonly notebooks_left_out: number;
}

export interface RunBar {
  readonly dag_id: string;
  readonly run_id: string;
  readonly state: RunState;
  readonly logical_date: string;
  readonly queued_at: string;
  readonly started_at: string | null;
  readonly ended_at: string | null;
}

export interface TodayChart extends Chart {
  readonly window_start: string;
  readonly runs: readonly RunBar[];
  readonly is_cut: boolean;
}

export interface PoolUse {
  readonly pool: string;
  /** Null: no limit. */
  readonly slots: number | null;
  readonly used: readonly number[];
  readonly wanted: readonly number[];
}

export interface PoolUsage extends Chart {
  readonly window_start: string;
  readonly step_seconds: number;
  readonly pools: readonly PoolUse[];
  readonly is_cut: boolean;
}

/** What a bar or point stands for. */
export interface ChartRef {
  readonly dagId: string | null;
  readonly runId: string;
  /** Empty: the run itself. */
  readonly taskId: string;
  /** Null: the instances of a mapped task together, or a task that is not mapped. */
  readonly mapIndex: number | null;
  readonly tryNumber: number | null;
}
