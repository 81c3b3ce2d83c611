/** Counts who uses a thing and says when the last one has gone. */
export class References<K> {
  private readonly counts = new Map<K, number>();

  constructor(private readonly onUnused: (key: K) => void) {}

  /** True for the first user. */
  acquire(key: K): boolean {
    const count = this.counts.get(key) ?? 0;
    this.counts.set(key, count + 1);
    return count === 0;
  }

  release(key: K): void {
    const count = this.counts.get(key) ?? 0;
    if (count > 1) {
      this.counts.set(key, count - 1);
    } else if (count === 1) {
      this.counts.delete(key);
      this.onUnused(key);
    }
  }

  has(key: K): boolean {
    return this.counts.has(key);
  }

  keys(): readonly K[] {
    return [...this.counts.keys()];
  }
}
