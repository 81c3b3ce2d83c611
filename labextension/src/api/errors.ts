/** What a failed request says: the server's typed error where there is one, else what can be told without. */
import type { Problem } from '../model/state';
import type { WireError } from '../model/wire';

export class ApiError extends Error {
  constructor(
    readonly problem: Problem,
    readonly status: number,
    readonly wire: WireError | null
  ) {
    super(problem.message);
    this.name = 'ApiError';
  }
}

const KINDS: Readonly<Record<WireError['type'], Problem['kind']>> = {
  bad_request: 'invalid',
  denied: 'denied',
  not_found: 'not_found',
  conflict: 'conflict',
  stale: 'conflict',
  invalid: 'invalid',
  unavailable: 'unavailable',
  internal: 'internal'
};

function isWireError(value: unknown): value is WireError {
  return (
    typeof value === 'object' &&
    value !== null &&
    'type' in value &&
    typeof value.type === 'string' &&
    value.type in KINDS &&
    'message' in value &&
    typeof value.message === 'string'
  );
}

function wireErrorOf(body: string): WireError | null {
  try {
    const parsed: unknown = JSON.parse(body);
    const error =
      typeof parsed === 'object' && parsed !== null && 'error' in parsed ? parsed.error : null;
    return isWireError(error) ? error : null;
  } catch {
    return null;
  }
}

/** An answer with an error status. A 404 that is not ours means that our routes do not exist. */
export function errorFromAnswer(status: number, body: string): ApiError {
  const wire = wireErrorOf(body);
  if (wire) {
    const problem = { kind: KINDS[wire.type], message: wire.message, hint: wire.hint ?? '' };
    return new ApiError(problem, status, wire);
  }
  if (status === 404) {
    return new ApiError(
      {
        kind: 'missing_extension',
        message: 'The Couture server extension is not running in this Jupyter server.',
        hint: 'Run "jupyter server extension enable jupyter_couture_server" and restart Jupyter.'
      },
      status,
      null
    );
  }
  if (status === 401 || status === 403) {
    return new ApiError(
      {
        kind: 'denied',
        message: 'The Jupyter server refused the request.',
        hint: 'Log in again, or ask an administrator for the permission.'
      },
      status,
      null
    );
  }
  return new ApiError(
    {
      kind: status >= 502 ? 'unavailable' : 'internal',
      message: `The server answered with status ${status}.`,
      hint: 'Try again; the log of the Jupyter server says more.'
    },
    status,
    null
  );
}

/** No answer at all. */
export function errorFromNetwork(): ApiError {
  return new ApiError(
    {
      kind: 'offline',
      message: 'The Jupyter server does not answer.',
      hint: 'Check that it is running and that this computer is connected; Couture keeps trying.'
    },
    0,
    null
  );
}

/** Any thrown value as something to show. */
export function problemOf(error: unknown): Problem {
  if (error instanceof ApiError) {
    return error.problem;
  }
  const message = error instanceof Error ? error.message : String(error);
  return { kind: 'internal', message, hint: 'This is a fault of Couture; please report it.' };
}

/** Whether it may come right by itself: the server, or what it needs, cannot be reached. */
export function isAway({ kind }: Problem): boolean {
  return kind === 'offline' || kind === 'unavailable';
}

export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError';
}
