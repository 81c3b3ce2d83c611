/** Questions about DAGs that run DAGs. */
import type { Run } from '../model/wire';
import { taskPath, type CoutureApi } from './rest';

/** The runs that a task instance made, the newest first. */
export async function triggeredRuns(
  api: CoutureApi,
  dagId: string,
  runId: string,
  taskId: string,
  mapIndex: number
): Promise<readonly Run[]> {
  const route = `${taskPath(dagId, runId, taskId)}/triggered-runs`;
  const { runs } = await api.get<{ readonly runs: readonly Run[] }>(route, { map_index: mapIndex });
  return runs;
}
