/** Which failed runs to tell the user about, and when. Pure: the time is an argument, in milliseconds. */
import type { StreamEvent } from './wire';

export const NOTIFY_MS = 5000;

export interface FailedRunRef {
  readonly dagId: string;
  readonly runId: string;
}

/** Runs that failed by these events. */
export function failedRuns(events: readonly StreamEvent[]): readonly FailedRunRef[] {
  return events.flatMap(event =>
    event.kind === 'run.state' && event.data.state === 'failed' && event.run_id !== null
      ? [{ dagId: event.dag_id, runId: event.run_id }]
      : []
  );
}

/** One message: about `run`, and that `others` failed besides. */
export interface FailureMessage {
  readonly run: FailedRunRef;
  readonly others: number;
}

/**
 * Makes one message out of the failures of `NOTIFY_MS`, so that a bad night is no flood. The first failure after a
 * quiet time is told at once; those that follow are told together when the time is up.
 */
export class FailureGathering {
  private waiting: FailedRunRef[] = [];
  private quietUntil = Number.NEGATIVE_INFINITY;

  add(runs: readonly FailedRunRef[]): void {
    this.waiting.push(...runs);
  }

  /** The message that is due now; null if there is none yet. */
  take(now: number): FailureMessage | null {
    const run = this.waiting.at(-1);
    if (run === undefined || now < this.quietUntil) {
      return null;
    }
    const others = this.waiting.length - 1;
    this.waiting = [];
    this.quietUntil = now + NOTIFY_MS;
    return { run, others };
  }

  /** Milliseconds until something can be due; null if nothing waits. */
  wait(now: number): number | null {
    return this.waiting.length === 0 ? null : Math.max(0, this.quietUntil - now);
  }
}
