/** What every chart of ours has in common, as `ChartFrame` takes it. */
import type { ChartSource } from '../api/charts';
import type { ChartFrameProps } from '../components/charts/ChartFrame';
import type { Chart } from '../model/wireCharts';
import { loadBokeh } from '../store/bokeh';
import { useChart } from '../store/useChart';
import { useTheme } from '../store/useTheme';
import type { ICouture } from '../tokens';

export interface Figure<T extends Chart> {
  readonly chart: T | null;
  readonly frame: Pick<
    ChartFrameProps,
    'chart' | 'load' | 'view' | 'theme' | 'trans' | 'loadBokeh' | 'onRetry'
  >;
}

/** The chart of `source`, kept up to date as `useChart` does, in the lab's theme. */
export function useFigure<T extends Chart>(
  { session, trans }: Pick<ICouture, 'session' | 'trans'>,
  source: ChartSource | null,
  change: string,
  everyMs: number | null = null
): Figure<T> {
  const { chart, load, view, retry } = useChart<T>(session.api, source, change, everyMs);
  const theme = useTheme();
  return {
    chart,
    frame: {
      chart,
      load,
      view,
      theme,
      trans,
      loadBokeh: version => loadBokeh(session.api.settings.baseUrl, version),
      onRetry: retry
    }
  };
}
