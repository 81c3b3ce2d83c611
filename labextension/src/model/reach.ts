/** Everything that a task waits for, and everything that waits for it. */
import type { Neighbours } from './selectors';

export interface Reach {
  readonly up: ReadonlySet<string>;
  readonly down: ReadonlySet<string>;
}

function closure(next: ReadonlyMap<string, readonly string[]>, from: string): ReadonlySet<string> {
  const found = new Set<string>();
  const open = [from];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    for (const id of next.get(at) ?? []) {
      if (id !== from && !found.has(id)) {
        found.add(id);
        open.push(id);
      }
    }
  }
  return found;
}

export function reach(edges: Neighbours, id: string): Reach {
  return { up: closure(edges.up, id), down: closure(edges.down, id) };
}
