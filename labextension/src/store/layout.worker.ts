/** The worker's side: a layout request in, a layout out. Everything it imports must be unshared, see package.json. */
import { computeLayout } from '../model/computeLayout';
import type { LayoutRequest } from '../model/layout';

self.onmessage = (
  event: MessageEvent<{ readonly id: number; readonly request: LayoutRequest }>
) => {
  const { id, request } = event.data;
  try {
    self.postMessage({ id, layout: computeLayout(request) });
  } catch (error) {
    self.postMessage({ id, error: error instanceof Error ? error.message : String(error) });
  }
};
