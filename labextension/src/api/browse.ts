/** Pages of lists, and what can be done with their rows. */
import type { Found } from '../model/browse/page';
import { browsePage } from '../model/browse/pages';
import type { BrowseQuery } from '../model/browse/query';
import type { CommandReply, RunAction } from '../model/wireBrowse';
import { path, taskPath, type CoutureApi } from './rest';

export interface RunName {
  readonly dag_id: string;
  readonly run_id: string;
}

export interface InstanceName {
  readonly dagId: string;
  readonly runId: string;
  readonly taskId: string;
  readonly mapIndex: number;
}

/** `limit` rows from `query.offset` on. */
export async function fetchRows(
  api: CoutureApi,
  query: BrowseQuery,
  limit: number,
  signal?: AbortSignal
): Promise<Found> {
  const page = browsePage(query.page);
  const options = { ...query.filters, order_by: query.order || null, limit, offset: query.offset };
  return page.read(await api.get<unknown>(page.route, options, signal));
}

export function actOnRuns(
  api: CoutureApi,
  action: RunAction,
  runs: readonly RunName[]
): Promise<CommandReply> {
  return api.send('POST', path('runs', 'actions'), { action, runs });
}

export function clearInstance(api: CoutureApi, name: InstanceName): Promise<CommandReply> {
  return api.send('POST', `${instancePath(name)}/clear`, indexOf(name));
}

export function markInstance(
  api: CoutureApi,
  name: InstanceName,
  state: 'success' | 'failed'
): Promise<CommandReply> {
  return api.send('POST', `${instancePath(name)}/mark`, { ...indexOf(name), state });
}

export function command(api: CoutureApi, number: number): Promise<CommandReply> {
  return api.get(path('commands', String(number)));
}

export function noteMiss(api: CoutureApi, number: number, note: string): Promise<unknown> {
  return api.send('PATCH', path('sla-misses', String(number)), { note });
}

function instancePath({ dagId, runId, taskId }: InstanceName): string {
  return taskPath(dagId, runId, taskId);
}

function indexOf({ mapIndex }: InstanceName): { readonly map_index?: number } {
  return mapIndex >= 0 ? { map_index: mapIndex } : {};
}
