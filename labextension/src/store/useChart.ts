/** A chart that stays up to date: the figure is fetched once, then only what has changed. */
import { useCallback, useEffect, useRef, useState } from 'react';
import { isAway, problemOf } from '../api/errors';
import { fetchChart, type ChartSource } from '../api/charts';
import type { CoutureApi } from '../api/rest';
import type { Load } from '../model/state';
import type { Chart } from '../model/wireCharts';
import { Allowance } from './allowance';
import { useSeen } from './seen';
import { Throttle } from './throttle';

const AWAY_RETRY_MS = 3000;

export interface ShownChart<T extends Chart> {
  readonly load: Load;
  readonly chart: T | null;
  /** Names the options that the chart is of. */
  readonly view: string;
  readonly retry: () => void;
}

interface ChartState<T> {
  readonly route: string | null;
  readonly key: string;
  readonly load: Load;
  readonly chart: T | null;
}

/**
 * The chart of `source` (null: none). It is fetched again when `change` does, after a rest that is short while that is
 * rare and up to a second while it is not (`Allowance`), every `everyMs` if that is given, and every few seconds while
 * the server cannot be reached; while nobody sees it, it is not fetched, but at once when it is seen again. Charts of
 * one route have one figure: with other options the old values stay in sight until the new ones are there.
 */
export function useChart<T extends Chart>(
  api: Pick<CoutureApi, 'get'>,
  source: ChartSource | null,
  change: string,
  everyMs: number | null = null
): ShownChart<T> {
  const key = JSON.stringify(source);
  const route = source?.route ?? null;
  const [state, setState] = useState<ChartState<T>>({
    route,
    key,
    load: { status: 'loading' },
    chart: null
  });
  const known = useRef(state);
  known.current = state;
  const throttle = useRef<Throttle | null>(null);
  const [allowance] = useState(() => new Allowance());
  const isSeen = useSeen();
  const sight = useRef({ isSeen, isDue: false });
  sight.current.isSeen = isSeen;
  const request = useCallback(() => {
    if (sight.current.isSeen) {
      throttle.current?.request();
    } else {
      sight.current.isDue = true;
    }
  }, []);
  useEffect(() => {
    const wanted = JSON.parse(key) as ChartSource | null;
    if (wanted === null) {
      return undefined;
    }
    let isCurrent = true;
    const show = (next: ChartState<T>): void => {
      if (isCurrent) {
        setState(next);
      }
    };
    const fetch = async (): Promise<void> => {
      const { route: shownRoute, key: shownKey, chart } = known.current;
      const before = shownRoute === wanted.route ? chart : null;
      const since = shownKey === key ? (before?.stamp ?? null) : null;
      try {
        const answer = await fetchChart<T>(api, wanted, before !== null, since);
        const load = { status: 'ready' } as const;
        show({ route: wanted.route, key, load, chart: before ? onto(before, answer) : answer });
      } catch (error) {
        const load = { status: 'failed', problem: problemOf(error) } as const;
        show({ route: wanted.route, key: shownKey, load, chart: before });
      }
    };
    const made = new Throttle(fetch, allowance.restAfter);
    throttle.current = made;
    request();
    return () => {
      isCurrent = false;
      made.dispose();
    };
  }, [api, key, request, allowance]);
  const seen = useRef(change);
  useEffect(() => {
    if (seen.current !== change) {
      seen.current = change;
      request();
    }
  }, [change, request]);
  const isFailed = state.load.status === 'failed' && isAway(state.load.problem);
  const pollMs = isFailed ? AWAY_RETRY_MS : everyMs;
  useEffect(() => {
    if (isSeen && sight.current.isDue) {
      sight.current.isDue = false;
      request();
    }
    if (pollMs === null) {
      return undefined;
    }
    // Out of sight the first tick asks for nothing, and says that something is due.
    const timer = window.setInterval(request, pollMs);
    return () => window.clearInterval(timer);
  }, [pollMs, isSeen, request]);
  return {
    load: state.route === route ? state.load : { status: 'loading' },
    chart: state.route === route ? state.chart : null,
    view: state.key,
    retry: () => throttle.current?.hurry()
  };
}

/** The newer chart in the figure that is there. */
function onto<T extends Chart>(before: T, answer: T): T {
  const models = answer.is_unchanged ? before.models : answer.models;
  return { ...answer, item: before.item, models };
}
