/** Stands in for `store/layoutThread`: a bundle of one file can bring its worker along as text only. */
import source from 'couture:layout-worker';
import type { GraphLayout } from '../model/layout';

export function startLayoutThread(): Worker {
  return new Worker(URL.createObjectURL(new Blob([source], { type: 'text/javascript' })));
}

/** Never asked for: the pages that show widgets have workers. */
export function computeHere(): Promise<GraphLayout> {
  return Promise.reject(new Error('This browser has no workers.'));
}
