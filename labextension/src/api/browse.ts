/** Pages of lists, and what can be done with their rows. */
import type { Found } from '../model/browse/page';
import { browsePage } from '../model/browse/pages';
import type { BrowseQuery } from '../model/browse/query';
import type { RunAction } from '../model/wireBrowse';
import type { OrderReply } from '../model/wireOrders';
import { path, type CoutureApi } from './rest';

export interface RunName {
  readonly dag_id: string;
  readonly run_id: string;
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
  api: Pick<CoutureApi, 'send'>,
  action: RunAction,
  runs: readonly RunName[]
): Promise<OrderReply> {
  return api.send('POST', path('runs', 'actions'), { action, runs });
}

export function noteMiss(api: CoutureApi, number: number, note: string): Promise<unknown> {
  return api.send('PATCH', path('sla-misses', String(number)), { note });
}
