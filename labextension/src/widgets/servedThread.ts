/** Stands in for `store/layoutThread`: the worker is a script of our server, fetched when the first graph is shown. */
import type { GraphLayout } from '../model/layout';
import { pageServer } from './page';

const PLACE = 'couture/widgets/layout.js';

export function startLayoutThread(): Worker {
  return new Worker(`${pageServer()?.baseUrl ?? '/'}${PLACE}`);
}

/** Never asked for: the pages that show widgets have workers. */
export function computeHere(): Promise<GraphLayout> {
  return Promise.reject(new Error('This browser has no workers.'));
}
