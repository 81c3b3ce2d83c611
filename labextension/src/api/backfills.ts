/** Backfills: what one would do, starting it, stopping it for a while or for good. */
import type { Backfill, BackfillAct, BackfillBody, BackfillPreview } from '../model/wireOrders';
import { path, type CoutureApi } from './rest';

type Api = Pick<CoutureApi, 'get' | 'send'>;

export function previewBackfill(api: Api, body: BackfillBody): Promise<BackfillPreview> {
  return api.send('POST', 'backfills/preview', body);
}

/** `expect` is the token of the preview that was seen. */
export function startBackfill(api: Api, body: BackfillBody, expect: string): Promise<Backfill> {
  return api.send('POST', 'backfills', { ...body, expect });
}

export async function openBackfills(api: Api, dagId: string): Promise<readonly Backfill[]> {
  const found = await api.get<{ readonly backfills: readonly Backfill[] }>('backfills', {
    dag_id: dagId,
    open: true
  });
  return found.backfills;
}

export function actOnBackfill(api: Api, number: number, act: BackfillAct): Promise<Backfill> {
  return api.send('POST', `${path('backfills', String(number))}/${act}`, {});
}
