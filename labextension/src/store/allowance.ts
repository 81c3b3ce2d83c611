/**
 * How long to rest between two questions to the server: a moment while they are rare, and longer, up to a second, the
 * more of the last seconds went by with answers.
 */
const REST_PER_ANSWER = 10;
/** Of answers that may come without rest after a quiet time. */
const MOST_SAVED_MS = 400;
const LEAST_REST_MS = 100;
const MOST_REST_MS = 1000;

export class Allowance {
  private savedMs = MOST_SAVED_MS;
  private lookedAt: number;

  /** `now`: milliseconds of a clock that nobody sets. */
  constructor(private readonly now: () => number = () => performance.now()) {
    this.lookedAt = now();
  }

  /** The rest after an answer that took so long, in milliseconds. */
  readonly restAfter = (tookMs: number): number => {
    const now = this.now();
    const earned = (now - this.lookedAt) / REST_PER_ANSWER;
    const savedMs = Math.min(MOST_SAVED_MS, this.savedMs + earned) - tookMs;
    this.savedMs = Math.max(savedMs, -MOST_REST_MS / REST_PER_ANSWER);
    this.lookedAt = now;
    return Math.max(LEAST_REST_MS, -this.savedMs * REST_PER_ANSWER);
  };
}
