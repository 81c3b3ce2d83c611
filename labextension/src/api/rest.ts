/** The REST API, one method a route. Every request goes through the lab's own connection settings. */
import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';
import type { DagOrder } from '../model/dagFilter';
import type {
  DagDetail,
  DagList,
  DagRow,
  Graph,
  Health,
  ImportError,
  LogChunk,
  Me,
  Overview,
  RefreshResult,
  Rendered,
  Run,
  RunList,
  RunState,
  Source,
  TaskDetail,
  TaskList,
  TriggerBody,
  Why
} from '../model/wire';
import { errorFromAnswer, errorFromNetwork, isAbort } from './errors';

export type Query = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** Which log: of one try of one task instance. */
export interface AttemptRef {
  readonly dagId: string;
  readonly runId: string;
  readonly taskId: string;
  readonly mapIndex: number;
  readonly tryNumber: number;
}

/** What a route answered, and the name of that state; null if the route gives none. */
export interface Tagged<T> {
  readonly value: T;
  readonly tag: string | null;
}

function queryString(query: Query): string {
  const given = Object.entries(query).filter(([, value]) => value !== null && value !== undefined);
  const text = new URLSearchParams(given.map(([key, value]) => [key, String(value)])).toString();
  return text ? `?${text}` : '';
}

/** A route of encoded parts. */
export function path(...parts: readonly string[]): string {
  return parts.map(encodeURIComponent).join('/');
}

export class CoutureApi {
  readonly settings: ServerConnection.ISettings;

  constructor(settings: ServerConnection.ISettings = ServerConnection.makeSettings()) {
    this.settings = settings;
  }

  url(route: string, query: Query = {}): string {
    return `${URLExt.join(this.settings.baseUrl, 'couture/api', route)}${queryString(query)}`;
  }

  health(): Promise<Health> {
    return this.get('health');
  }

  me(): Promise<Me> {
    return this.get('me');
  }

  overview(): Promise<Overview> {
    return this.get('overview');
  }

  async importErrors(): Promise<readonly ImportError[]> {
    const answer = await this.get<{ readonly errors: readonly ImportError[] }>('import-errors');
    return answer.errors;
  }

  dags(query: {
    readonly search?: string;
    readonly tag?: string;
    readonly owner?: string;
    readonly state?: RunState | null;
    readonly paused?: boolean | null;
    readonly order_by?: DagOrder;
    readonly limit?: number;
    readonly offset?: number;
  }): Promise<DagList> {
    const given = Object.entries(query).filter(([, value]) => value !== '');
    return this.get('dags', Object.fromEntries(given));
  }

  dag(dagId: string): Promise<DagDetail> {
    return this.get(path('dags', dagId));
  }

  setPaused(dagId: string, isPaused: boolean): Promise<DagRow> {
    return this.send('PATCH', path('dags', dagId), { is_paused: isPaused });
  }

  refresh(dagId: string): Promise<RefreshResult> {
    return this.send('POST', path('dags', dagId, 'refresh'), {});
  }

  graph(dagId: string, version: string | null): Promise<Graph> {
    return this.get(path('dags', dagId, 'graph'), { version });
  }

  source(dagId: string, version: string | null): Promise<Source> {
    return this.get(path('dags', dagId, 'source'), { version });
  }

  runs(dagId: string, limit: number): Promise<RunList> {
    return this.get(path('dags', dagId, 'runs'), { limit });
  }

  run(dagId: string, runId: string): Promise<Run> {
    return this.get(path('dags', dagId, 'runs', runId));
  }

  trigger(dagId: string, body: TriggerBody): Promise<Run> {
    return this.send('POST', path('dags', dagId, 'runs'), body);
  }

  cancel(dagId: string, runId: string): Promise<Run> {
    return this.send('POST', path('dags', dagId, 'runs', runId, 'cancel'), {});
  }

  tasks(dagId: string, runId: string): Promise<TaskList> {
    return this.get(path('dags', dagId, 'runs', runId, 'tasks'));
  }

  task(dagId: string, runId: string, taskId: string, mapIndex: number): Promise<TaskDetail> {
    return this.get(taskPath(dagId, runId, taskId), { map_index: mapIndex });
  }

  why(dagId: string, runId: string, taskId: string, mapIndex: number): Promise<Why> {
    return this.get(`${taskPath(dagId, runId, taskId)}/why`, { map_index: mapIndex });
  }

  rendered(dagId: string, runId: string, taskId: string, mapIndex: number): Promise<Rendered> {
    return this.get(`${taskPath(dagId, runId, taskId)}/rendered`, { map_index: mapIndex });
  }

  /** Bytes `offset` and following; a negative offset counts from the end. Waits up to `wait` seconds for growth. */
  log(
    ref: AttemptRef,
    query: { readonly offset: number; readonly limit: number; readonly wait: number },
    signal: AbortSignal
  ): Promise<LogChunk> {
    return this.get(`${attemptPath(ref)}/log`, { map_index: ref.mapIndex, ...query }, signal);
  }

  logDownloadUrl(ref: AttemptRef): string {
    return this.url(`${attemptPath(ref)}/log/download`, { map_index: ref.mapIndex });
  }

  /** For what has no method here: the answer of a GET route. */
  get<T>(route: string, query: Query = {}, signal?: AbortSignal): Promise<T> {
    return this.request<T>(this.url(route, query), { method: 'GET', signal: signal ?? null });
  }

  /** As `get`, with the tag that a change of it may name, so that nobody's change is lost. */
  async tagged<T>(route: string): Promise<Tagged<T>> {
    const response = await this.answer(this.url(route), { method: 'GET' });
    return { value: (await response.json()) as T, tag: response.headers.get('ETag') };
  }

  /**
   * For what has no method here: the answer of a route that changes something. A `DELETE` has no body, a text is JSON
   * already; with `tag` it is refused if somebody has changed the thing since.
   */
  async send<T>(
    method: 'POST' | 'PATCH' | 'DELETE',
    route: string,
    body?: object | string,
    tag: string | null = null
  ): Promise<T> {
    const headers = {
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...(tag === null ? {} : { 'If-Match': tag })
    };
    return this.request<T>(this.url(route), {
      method,
      headers,
      ...(body === undefined
        ? {}
        : { body: typeof body === 'string' ? body : JSON.stringify(body) })
    });
  }

  private async request<T>(url: string, init: RequestInit): Promise<T> {
    return (await (await this.answer(url, init)).json()) as T;
  }

  private async answer(url: string, init: RequestInit): Promise<Response> {
    let response: Response;
    try {
      response = await ServerConnection.makeRequest(url, init, this.settings);
    } catch (error) {
      throw isAbort(error) || init.signal?.aborted ? abortError() : errorFromNetwork();
    }
    if (!response.ok) {
      throw errorFromAnswer(response.status, await response.text());
    }
    return response;
  }
}

function abortError(): DOMException {
  return new DOMException('The request was given up.', 'AbortError');
}

/** The route of a task instance; `map_index` goes into the query. */
export function taskPath(dagId: string, runId: string, taskId: string): string {
  return path('dags', dagId, 'runs', runId, 'tasks', taskId);
}

function attemptPath(ref: AttemptRef): string {
  return `${taskPath(ref.dagId, ref.runId, ref.taskId)}/attempts/${ref.tryNumber}`;
}
