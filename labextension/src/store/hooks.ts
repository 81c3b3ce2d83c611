/** The React side of the store: narrow subscriptions, fetched values, a clock. */
import { useCallback, useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { isAway, problemOf } from '../api/errors';
import type { AttemptRef, CoutureApi } from '../api/rest';
import type { May } from '../model/permissions';
import type { CoutureState, Load } from '../model/state';
import type { StreamEvent } from '../model/wire';
import { LogFollower } from './logFollower';
import type { News } from './news';
import { useSeen } from './seen';
import type { CoutureSession } from './session';
import type { Readable } from './store';
import { Throttle } from './throttle';

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
  /** Fetches again: at once, or as soon as the answer under way has come. */
  readonly retry: () => void;
}

type FetchState<T> = { readonly load: Load; readonly value: T | null };

/**
 * A value fetched by key: again when the key changes, on `retry`, and dropped on unmount.
 *
 * While the server cannot be reached it is tried again every few seconds. `key` null fetches nothing. `group` names
 * what the value is about: when it changes, the old value is forgotten instead of shown meanwhile. `moment` tells that
 * there is something new: the value is fetched again as by `retry`, so that quick changes do not starve a slow answer.
 */
export function useFetched<T>(
  key: string | null,
  fetch: () => Promise<T>,
  group: string | null = key,
  moment = ''
): Fetched<T> {
  const [state, setState] = useState<FetchState<T>>({ load: { status: 'idle' }, value: null });
  const latest = useRef(fetch);
  latest.current = fetch;
  const shownGroup = useRef(group);
  const throttle = useRef<Throttle | null>(null);
  const retry = useCallback(() => throttle.current?.hurry(), []);
  useEffect(() => {
    if (key === null) {
      setState({ load: { status: 'idle' }, value: null });
      return undefined;
    }
    let isCurrent = true;
    if (shownGroup.current !== group) {
      shownGroup.current = group;
      setState({ load: { status: 'loading' }, value: null });
    }
    const settle = (change: (before: FetchState<T>) => FetchState<T>): void => {
      if (isCurrent) {
        setState(change);
      }
    };
    const ask = async (): Promise<void> => {
      settle(before =>
        before.value === null ? { load: { status: 'loading' }, value: null } : before
      );
      try {
        const value = await latest.current();
        settle(() => ({ load: { status: 'ready' }, value }));
      } catch (error) {
        const load = { status: 'failed', problem: problemOf(error) } as const;
        settle(({ value }) => ({ load, value }));
      }
    };
    const made = new Throttle(ask, 0);
    throttle.current = made;
    made.request();
    return () => {
      isCurrent = false;
      made.dispose();
      throttle.current = null;
    };
  }, [key, group]);
  const seen = useRef(moment);
  useEffect(() => {
    if (seen.current !== moment) {
      seen.current = moment;
      retry();
    }
  }, [moment, retry]);
  const isFailed = state.load.status === 'failed' && isAway(state.load.problem);
  useEffect(() => {
    if (!isFailed) {
      return undefined;
    }
    const timer = window.setInterval(retry, AWAY_RETRY_MS);
    return () => window.clearInterval(timer);
  }, [isFailed, retry]);
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

/** Calls `act` for news that hold such an event, and where some were missed. */
export function useNews(
  session: CoutureSession,
  isWanted: boolean,
  isOfInterest: (event: StreamEvent) => boolean,
  act: () => void
): void {
  const latest = useRef({ isOfInterest, act });
  latest.current = { isOfInterest, act };
  useEffect(() => {
    if (!isWanted) {
      return undefined;
    }
    const onNews = (_: unknown, news: News): void => {
      if (news.type === 'reset' || news.events.some(latest.current.isOfInterest)) {
        latest.current.act();
      }
    };
    session.news.connect(onNews);
    return () => {
      session.news.disconnect(onNews);
    };
  }, [session, isWanted]);
}

/** The newest value, or while it is held the one from before that. */
export function useHeld<T>(value: T, isHeld: boolean): T {
  const kept = useRef(value);
  if (!isHeld) {
    kept.current = value;
  }
  return kept.current;
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

/** Follows a log while the component is there and seen. `key` names the log; null follows none. */
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
  const isSeen = useSeen();
  useEffect(() => {
    if (!follower || isSeen) {
      return undefined;
    }
    follower.rest();
    return () => follower.resume();
  }, [follower, isSeen]);
  return key === null ? null : follower;
}
