import type { DagLabels } from '../model/wireLabels';
import type { CoutureApi } from './rest';

/** All tags and owners, by which the list of DAGs can be narrowed. */
export function fetchDagLabels(api: Pick<CoutureApi, 'get'>): Promise<DagLabels> {
  return api.get<DagLabels>('dag-labels');
}
