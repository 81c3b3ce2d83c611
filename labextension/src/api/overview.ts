/** What the overview asks the server for. */
import { URLExt } from '@jupyterlab/coreutils';
import type { Run, TaskInstance } from '../model/wire';
import type { Activity, Dashboard, MissedDeadline, PoolUse } from '../model/wireActivity';
import type { CoutureApi } from './rest';

const DAY_MS = 86_400_000;

export function fetchActivity(api: CoutureApi, limit: number): Promise<Activity> {
  return api.get('activity', { limit });
}

export async function fetchPools(api: CoutureApi): Promise<readonly PoolUse[]> {
  const answer = await api.get<{ readonly pools: readonly PoolUse[] }>('pools', { limit: 100 });
  return answer.pools;
}

export async function fetchDashboard(api: CoutureApi): Promise<Dashboard> {
  const answer = await api.get<{ readonly dashboard: Dashboard }>('cluster');
  return answer.dashboard;
}

/** Where Dask's own pages open; the server's root while they do not. */
export function dashboardUrl(api: CoutureApi, { path }: Dashboard): string {
  return URLExt.join(api.settings.baseUrl, path ?? '');
}

export interface Misses {
  readonly misses: readonly MissedDeadline[];
  readonly total: number;
}

/** Deadlines missed in the day before `now`. */
export function fetchMisses(api: CoutureApi, now: number, limit: number): Promise<Misses> {
  return api.get('sla-misses', { since: new Date(now - DAY_MS).toISOString(), limit });
}

/** The task instance of a run that failed first; null if none did. */
export async function fetchFirstFailed(
  api: CoutureApi,
  dagId: string,
  runId: string
): Promise<TaskInstance | null> {
  const { tasks } = await api.tasks(dagId, runId);
  const failed = tasks.filter(task => task.state === 'failed');
  failed.sort((one, other) => (one.ended_at ?? '').localeCompare(other.ended_at ?? ''));
  return failed[0] ?? null;
}

/** Runs that are queued or under way, newest first. */
export async function fetchOpenRuns(api: CoutureApi, limit: number): Promise<readonly Run[]> {
  const answer = await api.get<{ readonly runs: readonly Run[] }>('runs', {
    state: 'queued,running',
    limit
  });
  return answer.runs;
}
