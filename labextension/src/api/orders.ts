/** Actions on runs and DAGs: what each would touch, giving the order, and what came of it. */
import type { OrderReply, Preview, RunAction } from '../model/wireOrders';
import { path, type CoutureApi } from './rest';

type Api = Pick<CoutureApi, 'get' | 'send'>;

export function previewRunAction(
  api: Api,
  dagId: string,
  runId: string,
  action: RunAction
): Promise<Preview> {
  const run = path('dags', dagId, 'runs', runId);
  switch (action.kind) {
    case 'clear':
      return api.get(`${run}/clear`, { only_failed: action.onlyFailed });
    case 'mark':
      return api.get(`${run}/state`, { state: action.state });
    case 'delete':
      return api.get(`${run}/delete`);
  }
}

/** `expect` is the token of the preview that was seen; a deletion takes all there is. */
export function actOnRun(
  api: Api,
  dagId: string,
  runId: string,
  action: RunAction,
  expect: string
): Promise<OrderReply> {
  const run = path('dags', dagId, 'runs', runId);
  switch (action.kind) {
    case 'clear':
      return api.send('POST', `${run}/clear`, {
        only_failed: action.onlyFailed,
        latest_version: action.latestVersion,
        expect
      });
    case 'mark':
      return api.send('POST', `${run}/state`, { state: action.state, expect });
    case 'delete':
      return api.send('DELETE', run);
  }
}

export function deleteDag(api: Api, dagId: string): Promise<OrderReply> {
  return api.send('DELETE', path('dags', dagId));
}

export function orderOf(api: Api, number: number): Promise<OrderReply> {
  return api.get(path('commands', String(number)));
}
