/** The JSON of notebooks that tasks run. */
import type { JsonObject } from './wire';

export type CellState = 'pending' | 'running' | 'success' | 'failed';

/** A code cell, counted from 1. `outputs` are as in a notebook file, and to be trusted no more than that. */
export interface NotebookCell {
  readonly number: number;
  readonly source: string;
  readonly is_source_cut: boolean;
  readonly state: CellState;
  readonly started_at: string | null;
  readonly ended_at: string | null;
  readonly outputs: readonly JsonObject[];
  /** Outputs that are missing because there are too many, or they are too large. */
  readonly outputs_left_out: number;
  /** What is missing of all outputs. */
  readonly bytes_left_out: number;
}

/** Cells that have changed since the revision that was asked for. */
export interface NotebookPart {
  readonly path: string | null;
  /** 0: there is no notebook yet. */
  readonly revision: number;
  readonly total: number;
  readonly cells: readonly NotebookCell[];
  readonly size_bytes: number;
  readonly is_too_large: boolean;
  readonly complete: boolean;
}
