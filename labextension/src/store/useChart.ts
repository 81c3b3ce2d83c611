/** A chart that stays up to date: the figure is fetched once, then only what has changed. */
import { useCallback, useEffect, useRef, useState } from 'react';
import { isAway, problemOf } from '../api/errors';
import { fetchChart, type ChartSource } from '../api/charts';
import type { CoutureApi } from '../api/rest';
import type { Load } from '../model/state';
import type { Chart } from '../model/wireCharts';

const REST_MS = 1000;
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
 * The chart of `source` (null: none). It is fetched again when `change` does, at most once a second, every `everyMs` if
 * that is given, and every few seconds while the server cannot be reached. Charts of one route have one figure: with other options the old values stay in sight
 * until the new ones are there.
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
  const latest = useRef(source);
  latest.current = source;
  const fetchedAt = useRef(0);
  const round = useRef(0);
  const flow = useRef({ isUnderWay: false, isWanted: false });

  const fetch = useCallback(async (): Promise<void> => {
    const wanted = latest.current;
    if (wanted === null) {
      return;
    }
    if (flow.current.isUnderWay) {
      flow.current.isWanted = true;
      return;
    }
    const own = round.current;
    flow.current = { isUnderWay: true, isWanted: false };
    fetchedAt.current = Date.now();
    const before = known.current.route === wanted.route ? known.current.chart : null;
    const since = known.current.key === key ? (before?.stamp ?? null) : null;
    try {
      const answer = await fetchChart<T>(api, wanted, before !== null, since);
      if (own !== round.current) {
        return;
      }
      const chart =
        before === null
          ? answer
          : {
              ...answer,
              item: before.item,
              models: answer.is_unchanged ? before.models : answer.models
            };
      setState({ route: wanted.route, key, load: { status: 'ready' }, chart });
    } catch (error) {
      if (own === round.current) {
        const load = { status: 'failed', problem: problemOf(error) } as const;
        setState({ route: wanted.route, key: known.current.key, load, chart: before });
      }
    }
    if (own === round.current) {
      const { isWanted } = flow.current;
      flow.current = { isUnderWay: false, isWanted: false };
      if (isWanted) {
        refetch.current();
      }
    }
  }, [api, key]);

  const refetch = useRef<() => void>(() => undefined);
  useEffect(() => {
    // One at a time: an answer that takes longer than changes need to come is shown, not thrown away.
    let timer: number | null = null;
    refetch.current = () => {
      if (timer === null) {
        const wait = Math.max(0, fetchedAt.current + REST_MS - Date.now());
        timer = window.setTimeout(() => {
          timer = null;
          void fetch();
        }, wait);
      }
    };
    void fetch();
    return () => {
      if (timer !== null) {
        window.clearTimeout(timer);
      }
      round.current += 1;
      flow.current = { isUnderWay: false, isWanted: false };
    };
  }, [fetch]);
  const seen = useRef(change);
  useEffect(() => {
    if (seen.current === change) {
      return;
    }
    seen.current = change;
    refetch.current();
  }, [change]);
  const isFailed = state.load.status === 'failed' && isAway(state.load.problem);
  useEffect(() => {
    if (!isFailed) {
      return undefined;
    }
    const timer = window.setInterval(() => void fetch(), AWAY_RETRY_MS);
    return () => window.clearInterval(timer);
  }, [isFailed, fetch]);
  useEffect(() => {
    if (everyMs === null) {
      return undefined;
    }
    const timer = window.setInterval(() => void fetch(), everyMs);
    return () => window.clearInterval(timer);
  }, [everyMs, fetch]);
  return {
    load: state.route === route ? state.load : { status: 'loading' },
    chart: state.route === route ? state.chart : null,
    view: state.key,
    retry: () => void fetch()
  };
}
