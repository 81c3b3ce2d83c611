/**
 * Runs an asynchronous refresh at once, then at most once an interval, never two at a time. An interval that is a function
 * is asked for after each refresh, with the time that it took.
 *
 * A call during a run or during the pause is remembered as one further run; an urgent one does not wait for the pause.
 */
export class Throttle {
  private isRunning = false;
  private isWanted = false;
  private isUrgent = false;
  private timer: number | null = null;
  private isDisposed = false;

  constructor(
    private readonly refresh: () => Promise<void>,
    private readonly intervalMs: number | ((tookMs: number) => number)
  ) {}

  request(): void {
    if (this.isDisposed) {
      return;
    }
    if (this.isRunning || this.timer !== null) {
      this.isWanted = true;
      return;
    }
    this.isRunning = true;
    this.isWanted = false;
    this.isUrgent = false;
    const begun = performance.now();
    void this.refresh().finally(() => {
      this.isRunning = false;
      if (!this.isDisposed) {
        const pause = this.isUrgent ? 0 : this.pauseAfter(performance.now() - begun);
        this.timer = window.setTimeout(() => this.resume(), pause);
      }
    });
  }

  /** The user waits for it. */
  hurry(): void {
    this.isUrgent = true;
    if (this.timer !== null) {
      window.clearTimeout(this.timer);
      this.timer = null;
    }
    this.request();
  }

  dispose(): void {
    this.isDisposed = true;
    if (this.timer !== null) {
      window.clearTimeout(this.timer);
    }
  }

  private pauseAfter(tookMs: number): number {
    return typeof this.intervalMs === 'number' ? this.intervalMs : this.intervalMs(tookMs);
  }

  private resume(): void {
    this.timer = null;
    if (this.isWanted) {
      this.request();
    }
  }
}
