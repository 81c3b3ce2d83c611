/** The chart routes. */
import type { Chart } from '../model/wireCharts';
import { path, type CoutureApi, type Query } from './rest';

export type Measure = 'duration' | 'tries' | 'landing';

/** Which chart: a route with its options. */
export interface ChartSource {
  readonly route: string;
  readonly query: Query;
}

export function historySource(
  dagId: string,
  measure: Measure,
  query: { readonly runs: number; readonly tasks: number; readonly cumulative?: boolean }
): ChartSource {
  return { route: path('dags', dagId, 'charts', measure), query };
}

/** How many rows of a Gantt chart are drawn at once: a canvas has its limits, and so has an eye. */
export const GANTT_ROWS = 150;

export function ganttSource(
  dagId: string,
  runId: string,
  isGrouped: boolean,
  firstRow: number
): ChartSource {
  return {
    route: path('dags', dagId, 'runs', runId, 'charts', 'gantt'),
    query: { grouped: isGrouped, first_row: firstRow, rows: GANTT_ROWS }
  };
}

export function todaySource(hours: number): ChartSource {
  return { route: 'charts/today', query: { hours } };
}

export function poolSource(hours: number): ChartSource {
  return { route: 'charts/pools', query: { hours } };
}

/** The chart; without its figure if the page `hasFigure`, without its models if `since` names the present ones. */
export function fetchChart<T extends Chart>(
  api: Pick<CoutureApi, 'get'>,
  source: ChartSource,
  hasFigure: boolean,
  since: string | null
): Promise<T> {
  const known = hasFigure ? { figure: false, since } : {};
  return api.get<T>(source.route, { ...source.query, ...known });
}
