/**
 * Collects items and hands them on once a frame.
 *
 * A hidden tab gets no frames, so a timer stands behind the frame; whichever comes first flushes.
 */
const HIDDEN_DELAY_MS = 200;

export class FrameBatch<T> {
  private items: T[] = [];
  private frame: number | null = null;
  private timer: number | null = null;

  constructor(private readonly flush: (items: readonly T[]) => void) {}

  push(items: readonly T[]): void {
    this.items = this.items.concat(items);
    if (this.frame === null && this.items.length > 0) {
      this.frame = requestAnimationFrame(() => this.run());
      this.timer = window.setTimeout(() => this.run(), HIDDEN_DELAY_MS);
    }
  }

  dispose(): void {
    if (this.frame !== null) {
      cancelAnimationFrame(this.frame);
    }
    if (this.timer !== null) {
      window.clearTimeout(this.timer);
    }
    this.frame = null;
    this.timer = null;
    this.items = [];
  }

  private run(): void {
    const items = this.items;
    this.dispose();
    this.flush(items);
  }
}
