/** Picks the layout method. Loaded late: it brings dagre along. */
import { dagreLayout } from './dagreLayout';
import { layeredLayout } from './layered';
import { prefersLayered, type GraphLayout, type LayoutRequest } from './layout';

export function computeLayout(request: LayoutRequest): GraphLayout {
  return prefersLayered(request) ? layeredLayout(request) : dagreLayout(request);
}
