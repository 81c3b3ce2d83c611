/**
 * The way that led into a DAG: tasks of other DAGs which run it, the outermost first.
 *
 * It travels in the arguments of the command that opens a DAG, so it is text there; what cannot be read is no way.
 */

/** A task instance that runs another DAG. */
export interface TrailStep {
  readonly dagId: string;
  /** Null: the graph was looked at without a run. */
  readonly runId: string | null;
  readonly taskId: string;
  readonly mapIndex: number;
}

export type Trail = readonly TrailStep[];

export const NO_TRAIL: Trail = [];

function isStep(value: unknown): value is TrailStep {
  const step = value as Partial<Record<keyof TrailStep, unknown>> | null;
  return (
    typeof step === 'object' &&
    step !== null &&
    typeof step.dagId === 'string' &&
    (step.runId === null || typeof step.runId === 'string') &&
    typeof step.taskId === 'string' &&
    typeof step.mapIndex === 'number'
  );
}

export function readTrail(text: unknown): Trail {
  if (typeof text !== 'string') {
    return NO_TRAIL;
  }
  try {
    const steps: unknown = JSON.parse(text);
    return Array.isArray(steps) && steps.every(isStep) ? steps : NO_TRAIL;
  } catch {
    return NO_TRAIL;
  }
}

export function writeTrail(trail: Trail): string {
  return JSON.stringify(trail);
}
