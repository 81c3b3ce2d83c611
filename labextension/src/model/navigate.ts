/** Which task the arrow keys lead to: along edges in the main direction, to the nearest one across. */
import type { GraphLayout, NodeBox, Point } from './layout';
import type { Neighbours } from './selectors';

export type Arrow = 'ArrowUp' | 'ArrowDown' | 'ArrowLeft' | 'ArrowRight';

export function isArrow(key: string): key is Arrow {
  return key === 'ArrowUp' || key === 'ArrowDown' || key === 'ArrowLeft' || key === 'ArrowRight';
}

function centre(box: NodeBox): Point {
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

function nearest(
  boxes: readonly NodeBox[],
  distance: (point: Point) => number | null
): string | null {
  let best: string | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (const box of boxes) {
    const value = distance(centre(box));
    if (value !== null && value < least) {
      least = value;
      best = box.id;
    }
  }
  return best;
}

/** The task to go to, or null where there is none. Without a current task: the first one. */
export function nextTask(
  layout: GraphLayout,
  edges: Neighbours,
  current: string | null,
  arrow: Arrow
): string | null {
  const boxes = new Map(layout.nodes.map(box => [box.id, box]));
  const box = current === null ? undefined : boxes.get(current);
  if (!box) {
    return nearest(layout.nodes, point => point.x + point.y);
  }
  const from = centre(box);
  const isAcross = layout.direction === 'LR';
  const [back, forth] = isAcross ? ['ArrowLeft', 'ArrowRight'] : ['ArrowUp', 'ArrowDown'];
  if (arrow === back || arrow === forth) {
    const ids = (arrow === forth ? edges.down : edges.up).get(box.id) ?? [];
    const linked = ids.flatMap(id => boxes.get(id) ?? []);
    return nearest(linked, point => Math.hypot(point.x - from.x, point.y - from.y));
  }
  const sign = arrow === 'ArrowDown' || arrow === 'ArrowRight' ? 1 : -1;
  return nearest(layout.nodes, point => {
    const across = sign * (isAcross ? point.y - from.y : point.x - from.x);
    const along = Math.abs(isAcross ? point.x - from.x : point.y - from.y);
    return across > 1 ? across + 3 * along : null;
  });
}
