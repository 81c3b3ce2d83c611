/** Where layouts are computed. Apart, because the notebook widgets have their worker from our server. */
import type { GraphLayout, LayoutRequest } from '../model/layout';

/** Null where there are no workers. */
export function startLayoutThread(): Worker | null {
  return typeof Worker === 'undefined'
    ? null
    : new Worker(new URL('./layout.worker.js', import.meta.url));
}

/** On this thread. */
export async function computeHere(request: LayoutRequest): Promise<GraphLayout> {
  const { computeLayout } = await import('../model/computeLayout');
  return computeLayout(request);
}
