/** A chart that stays up to date: the figure is fetched once, then only what has changed. */
import { useCallback, useEffect, useRef, useState } from 'react';
import { problemOf } from '../api/errors';
import { fetchChart, type ChartSource } from '../api/charts';
import type { CoutureApi } from '../api/rest';
import type { Load } from '../model/state';
import type { Chart } from '../model/wireCharts';

const REST_MS = 1000;

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
 * The chart of `source` (null: none). It is fetched again when `change` does, at most once a second, and every
 * `everyMs` if that is given. Charts of one route have one figure: with other options the old values stay in sight
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

  const fetch = useCallback(async (): Promise<void> => {
    const wanted = latest.current;
    if (wanted === null) {
      return;
    }
    round.current += 1;
    const own = round.current;
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
  }, [api, key]);

  useEffect(() => {
    void fetch();
    return () => {
      round.current += 1;
    };
  }, [fetch]);
  const seen = useRef(change);
  useEffect(() => {
    if (seen.current === change) {
      return undefined;
    }
    seen.current = change;
    const wait = Math.max(0, fetchedAt.current + REST_MS - Date.now());
    const timer = window.setTimeout(() => void fetch(), wait);
    return () => window.clearTimeout(timer);
  }, [change, fetch]);
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
