/** Calls about one task instance: act on it, answer it, see what it handed on and how it went in other runs. */
import { actBody, actRoute, previewQuery, type TaskAct, type TaskRef } from '../model/taskAct';
import type { JsonObject } from '../model/wire';
import type { OrderReply, Preview } from '../model/wireOrders';
import type { FoundTasks, Question, RunWhy, XComList } from '../model/wireTask';
import type { NotebookPart } from '../model/wireNotebook';
import type { Usage } from '../model/wireUsage';
import { path, taskPath, type AttemptRef, type CoutureApi } from './rest';

type Api = Pick<CoutureApi, 'get' | 'send'>;

function place({ dagId, runId, taskId }: TaskRef): string {
  return taskPath(dagId, runId, taskId);
}

/** What an action would touch. */
export function previewAct(api: Api, ref: TaskRef, act: TaskAct): Promise<Preview> {
  return api.get(`${place(ref)}/${actRoute(act.kind)}`, previewQuery(act, ref));
}

/** Orders an action; `token` is that of the preview the user saw. */
export function giveAct(
  api: Api,
  ref: TaskRef,
  act: TaskAct,
  token: string | null
): Promise<OrderReply> {
  return api.send('POST', `${place(ref)}/${actRoute(act.kind)}`, actBody(act, ref, token));
}

/** What holds up a run and its tasks. */
export function fetchRunWhy(api: Api, dagId: string, runId: string): Promise<RunWhy> {
  return api.get(path('dags', dagId, 'runs', runId, 'why'));
}

export function question(api: Api, ref: TaskRef): Promise<Question> {
  return api.get(`${place(ref)}/decision`, { map_index: ref.mapIndex });
}

export function decide(
  api: Api,
  ref: TaskRef,
  options: readonly string[],
  params: JsonObject
): Promise<Question> {
  return api.send('POST', `${place(ref)}/decision`, { options, params, map_index: ref.mapIndex });
}

export function xcomsOf(api: Api, ref: TaskRef, limit: number, offset: number): Promise<XComList> {
  return api.get(`${place(ref)}/xcoms`, {
    map_index: ref.mapIndex,
    order_by: 'pushed_at',
    limit,
    offset
  });
}

export function removeXCom(api: Api, ref: TaskRef, key: string): Promise<unknown> {
  return api.send('DELETE', `${place(ref)}/${path('xcoms', key)}?map_index=${ref.mapIndex}`);
}

/** CPU and memory of an attempt over time, so far. */
export function usageOf(api: Api, ref: AttemptRef): Promise<Usage> {
  return api.get(`${place(ref)}/${path('attempts', String(ref.tryNumber), 'usage')}`, {
    map_index: ref.mapIndex
  });
}

/** The cells of an attempt's notebook that have changed since a revision, waiting so many seconds for any. */
export function readNotebook(
  api: Pick<CoutureApi, 'get'>,
  ref: AttemptRef,
  query: { readonly since: number; readonly wait: number },
  signal: AbortSignal
): Promise<NotebookPart> {
  return api.get(
    `${place(ref)}/${path('attempts', String(ref.tryNumber), 'notebook')}`,
    { map_index: ref.mapIndex, ...query },
    signal
  );
}

/** The instances of one task over all runs, the newest run first. */
export function instancesOf(
  api: Api,
  dagId: string,
  taskId: string,
  limit: number,
  offset: number
): Promise<FoundTasks> {
  return api.get('task-instances', { dag_id: dagId, task_id: taskId, limit, offset });
}
