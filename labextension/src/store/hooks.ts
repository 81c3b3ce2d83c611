/** The React side of the store: narrow subscriptions, fetched values, a clock. */
import { useCallback, useEffect, useReducer, useRef, useState, useSyncExternalStore } from 'react';
import { problemOf } from '../api/errors';
import type { AttemptRef, CoutureApi } from '../api/rest';
import type { May } from '../model/permissions';
import type { CoutureState, Load } from '../model/state';
import { LogFollower } from './logFollower';
import type { CoutureSession } from './session';
import type { Readable } from './store';

/** A part of a store's state. The component redraws only when the selected part changes identity. */
export function useSelected<S, T>(store: Readable<S>, select: (state: S) => T): T {
  const snapshot = (): T => select(store.getState());
  return useSyncExternalStore(store.subscribe, snapshot, snapshot);
}

const AWAY_RETRY_MS = 3000;

/** A part of what Couture knows; select narrowly. */
export function useCouture<T>(session: CoutureSession, select: (state: CoutureState) => T): T {
  return useSelected(session.store, select);
}

/**
 * Whether the user may do something. Nothing is allowed until the server has said so: a button that may not be
 * used is not there.
 */
export function useMay(session: CoutureSession): May {
  const me = useCouture(session, state => state.me);
  return useCallback<May>(permission => me?.permissions.includes(permission) ?? false, [me]);
}

export interface Fetched<T> {
  readonly load: Load;
  /** The newest value for any key; the old one stays while a new one is fetched. */
  readonly value: T | null;
  readonly retry: () => void;
}

type FetchState<T> = { readonly load: Load; readonly value: T | null };

/**
 * A value fetched by key: again when the key changes, on `retry`, and dropped on unmount.
 *
 * While the server cannot be reached it is tried again every few seconds. `key` null fetches nothing. `group` names what the value is about: when it changes, the old value is
 * forgotten instead of shown meanwhile.
 */
export function useFetched<T>(
  key: string | null,
  fetch: () => Promise<T>,
  group: string | null = key
): Fetched<T> {
  const [state, setState] = useState<FetchState<T>>({ load: { status: 'idle' }, value: null });
  const [round, retry] = useReducer((count: number) => count + 1, 0);
  const latest = useRef(fetch);
  latest.current = fetch;
  const shownGroup = useRef(group);
  useEffect(() => {
    if (key === null) {
      setState({ load: { status: 'idle' }, value: null });
      return undefined;
    }
    let isCurrent = true;
    const isNew = shownGroup.current !== group;
    shownGroup.current = group;
    setState(before =>
      isNew || before.value === null ? { load: { status: 'loading' }, value: null } : before
    );
    latest.current().then(
      value => isCurrent && setState({ load: { status: 'ready' }, value }),
      (error: unknown) =>
        isCurrent &&
        setState(before => ({
          load: { status: 'failed', problem: problemOf(error) },
          value: before.value
        }))
    );
    return () => {
      isCurrent = false;
    };
  }, [key, group, round]);
  const isAway =
    state.load.status === 'failed' &&
    (state.load.problem.kind === 'offline' || state.load.problem.kind === 'unavailable');
  useEffect(() => {
    if (!isAway) {
      return undefined;
    }
    const timer = window.setTimeout(retry, AWAY_RETRY_MS);
    return () => window.clearTimeout(timer);
  }, [isAway, round]);
  // Between a change of group and the effect above one stale frame would show the wrong thing.
  return shownGroup.current === group
    ? { ...state, retry }
    : { load: { status: 'loading' }, value: null, retry };
}

/** The time in milliseconds, renewed every `intervalMs`; null stands still. */
export function useNow(intervalMs: number | null): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (intervalMs === null) {
      return undefined;
    }
    setNow(Date.now());
    const timer = window.setInterval(() => setNow(Date.now()), intervalMs);
    return () => window.clearInterval(timer);
  }, [intervalMs]);
  return now;
}

/** Calls the newest `action` after the value has rested for `delayMs`. */
export function useDebounced<T>(action: (value: T) => void, delayMs: number): (value: T) => void {
  const latest = useRef(action);
  latest.current = action;
  const timer = useRef<number | null>(null);
  useEffect(
    () => () => {
      if (timer.current !== null) {
        window.clearTimeout(timer.current);
      }
    },
    []
  );
  return useCallback(
    value => {
      if (timer.current !== null) {
        window.clearTimeout(timer.current);
      }
      timer.current = window.setTimeout(() => latest.current(value), delayMs);
    },
    [delayMs]
  );
}

/** Follows a log while the component is there. `key` names the log; null follows none. */
export function useLog(
  api: Pick<CoutureApi, 'log'>,
  key: string | null,
  ref: AttemptRef | null
): LogFollower | null {
  const [follower, setFollower] = useState<LogFollower | null>(null);
  const latest = useRef(ref);
  latest.current = ref;
  useEffect(() => {
    if (key === null || latest.current === null) {
      setFollower(null);
      return undefined;
    }
    const made = new LogFollower(api, latest.current);
    setFollower(made);
    return () => made.dispose();
  }, [api, key]);
  return key === null ? null : follower;
}
