/** Two short texts side by side: what they begin and end with in common, and what stands between. */
import type { Hunk, LinePair } from './wireDagPage';

export function lineDiff(older: string, newer: string): readonly Hunk[] {
  const left = older.split('\n');
  const right = newer.split('\n');
  const shorter = Math.min(left.length, right.length);
  let head = 0;
  while (head < shorter && left[head] === right[head]) {
    head += 1;
  }
  let tail = 0;
  while (tail < shorter - head && left.at(-1 - tail) === right.at(-1 - tail)) {
    tail += 1;
  }
  const same = (line: string): LinePair => ({ kind: 'same', older: line, newer: line });
  const removed = left.slice(head, left.length - tail);
  const added = right.slice(head, right.length - tail);
  const between = Array.from({ length: Math.max(removed.length, added.length) }, (_, place) =>
    pairOf(removed[place] ?? null, added[place] ?? null)
  );
  const lines = [
    ...left.slice(0, head).map(same),
    ...between,
    ...left.slice(left.length - tail).map(same)
  ];
  return [{ older_start: 1, newer_start: 1, lines }];
}

function pairOf(older: string | null, newer: string | null): LinePair {
  return { kind: older === null ? 'added' : newer === null ? 'removed' : 'changed', older, newer };
}
