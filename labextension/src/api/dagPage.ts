/** The page of a DAG: statistics, next runs, versions and what changed between two. */
import type { NextRuns, Statistics, VersionDiff, VersionUse } from '../model/wireDagPage';
import { path, type CoutureApi } from './rest';

type Api = Pick<CoutureApi, 'get'>;

export function statisticsOf(api: Api, dagId: string): Promise<Statistics> {
  return api.get(path('dags', dagId, 'statistics'));
}

export function nextRunsOf(api: Api, dagId: string, count: number): Promise<NextRuns> {
  return api.get(path('dags', dagId, 'next-runs'), { count });
}

export async function versionsOf(api: Api, dagId: string): Promise<readonly VersionUse[]> {
  const found = await api.get<{ readonly versions: readonly VersionUse[] }>(
    path('dags', dagId, 'versions')
  );
  return found.versions;
}

export function diffOf(
  api: Api,
  dagId: string,
  older: string,
  newer: string
): Promise<VersionDiff> {
  return api.get(path('dags', dagId, 'diff'), { older, newer });
}
