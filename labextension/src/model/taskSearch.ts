/** Finding tasks of a graph by a part of their names. */
import type { GraphNode } from './wire';

/** Ids of the tasks whose id or label has `query` in it, or whose operator begins with it, in the order of the graph; none for no query. */
export function findTasks(nodes: readonly GraphNode[], query: string): readonly string[] {
  const wanted = query.trim().toLowerCase();
  if (wanted === '') {
    return [];
  }
  return nodes
    .filter(
      node =>
        node.id.toLowerCase().includes(wanted) ||
        node.label.toLowerCase().includes(wanted) ||
        node.operator.toLowerCase().startsWith(wanted)
    )
    .map(node => node.id);
}

/** The place after or before another in a circle; the first or the last without another. */
export function nextPlace(place: number | null, count: number, step: 1 | -1): number | null {
  if (count === 0) {
    return null;
  }
  return place === null ? (step === 1 ? 0 : count - 1) : (place + step + count) % count;
}
