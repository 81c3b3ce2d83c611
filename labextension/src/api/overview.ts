/** What the overview asks the server for. */
import type { Activity, MissedDeadline, PoolUse } from '../model/wireActivity';
import type { CoutureApi } from './rest';

const DAY_MS = 86_400_000;

export function fetchActivity(api: CoutureApi, limit: number): Promise<Activity> {
  return api.get('activity', { limit });
}

export async function fetchPools(api: CoutureApi): Promise<readonly PoolUse[]> {
  const answer = await api.get<{ readonly pools: readonly PoolUse[] }>('pools', { limit: 100 });
  return answer.pools;
}

export interface Misses {
  readonly misses: readonly MissedDeadline[];
  readonly total: number;
}

/** Deadlines missed in the day before `now`. */
export function fetchMisses(api: CoutureApi, now: number, limit: number): Promise<Misses> {
  return api.get('sla-misses', { since: new Date(now - DAY_MS).toISOString(), limit });
}
