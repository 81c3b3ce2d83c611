/** The grid of runs and tasks over REST. */
import type { WireGrid } from '../model/wireGrid';
import { path, type CoutureApi, type Query } from './rest';

export function fetchGrid(
  api: Pick<CoutureApi, 'get'>,
  dagId: string,
  query: Query
): Promise<WireGrid> {
  return api.get<WireGrid>(path('dags', dagId, 'grid'), query);
}
