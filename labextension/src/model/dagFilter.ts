/** What a table of DAGs shows: which, in which order, how many. Each table has its own. */
import { RUN_STATES, type RunState } from './wire';

/** The compact list in the side bar, and the table in the main area. */
export const TABLE_IDS = ['sidebar', 'page'] as const;
export type LabTableId = (typeof TABLE_IDS)[number];
/** Each widget of a notebook has a table of its own, which is there as long as it is. */
export type WidgetTableId = `widget-${number}`;
export type TableId = LabTableId | WidgetTableId;

export type SortColumn = 'dag_id' | 'last_run' | 'next_run' | 'owner' | 'schedule';
/** A column, or with `-` a column downwards. */
export type DagOrder = SortColumn | `-${SortColumn}`;
export const DAG_ORDERS: readonly DagOrder[] = [
  'dag_id',
  '-dag_id',
  '-last_run',
  'last_run',
  'next_run',
  '-next_run',
  'owner',
  '-owner',
  'schedule',
  '-schedule'
];

export const PAGE_SIZES: readonly number[] = [25, 50, 100, 250, 1000];

export interface DagFilter {
  /** A part of an id, a tag or an owner. */
  readonly search: string;
  readonly tag: string;
  readonly owner: string;
  /** The state of the newest run; null: any. */
  readonly state: RunState | null;
  readonly showPaused: boolean;
  readonly orderBy: DagOrder;
  readonly pageSize: number;
  readonly offset: number;
}

const INITIAL: DagFilter = {
  search: '',
  tag: '',
  owner: '',
  state: null,
  showPaused: false,
  orderBy: 'dag_id',
  pageSize: 25,
  offset: 0
};

export const INITIAL_FILTERS: Readonly<Record<LabTableId, DagFilter>> = {
  sidebar: { ...INITIAL, pageSize: 100 },
  page: INITIAL
};

export const NO_NARROWING = { search: '', tag: '', owner: '', state: null } as const;

/** Whether something but pausing keeps DAGs away. */
export function isNarrowed(filter: DagFilter): boolean {
  return filter.search !== '' || filter.tag !== '' || filter.owner !== '' || filter.state !== null;
}

/** Whether a run that starts or ends can change which rows are shown, or their order. */
export function isMovedByRuns(filter: DagFilter): boolean {
  return filter.state !== null || filter.orderBy.endsWith('_run');
}

/** After a change: whatever is not a step to another page leads back to the first one. */
export function changedFilter(filter: DagFilter, change: Partial<DagFilter>): DagFilter {
  return { ...filter, ...(change.offset === undefined ? { offset: 0 } : {}), ...change };
}

export type SortDirection = 'ascending' | 'descending' | 'none';

export function sortDirection(orderBy: DagOrder, column: SortColumn): SortDirection {
  return orderBy === column ? 'ascending' : orderBy === `-${column}` ? 'descending' : 'none';
}

/** What a click on a column's head asks for: newest runs first, everything else upwards; then the other way. */
export function nextOrder(orderBy: DagOrder, column: SortColumn): DagOrder {
  const first: DagOrder = column === 'last_run' ? '-last_run' : column;
  const second: DagOrder = column === 'last_run' ? 'last_run' : `-${column}`;
  return orderBy === first ? second : first;
}

/** A filter as the layout keeps it: what differs from the initial one, and always whether paused DAGs are shown. */
export function writeFilter(
  table: LabTableId,
  filter: DagFilter
): Record<string, string | number | boolean> {
  const initial = INITIAL_FILTERS[table];
  const kept: Record<string, string | number | boolean> = { showPaused: filter.showPaused };
  for (const key of ['search', 'tag', 'owner', 'state', 'orderBy', 'pageSize', 'offset'] as const) {
    const value = filter[key];
    if (value !== null && value !== initial[key]) {
      kept[key] = value;
    }
  }
  return kept;
}

/** What `writeFilter` wrote, or somebody else: unknown values are left out. */
export function readFilter(kept: Readonly<Record<string, unknown>>): Partial<DagFilter> {
  const text = (key: 'search' | 'tag' | 'owner'): Partial<DagFilter> =>
    typeof kept[key] === 'string' ? { [key]: kept[key] } : {};
  const state = RUN_STATES.find(each => each === kept['state']);
  const orderBy = DAG_ORDERS.find(each => each === kept['orderBy']);
  const pageSize = PAGE_SIZES.find(each => each === kept['pageSize']);
  const { showPaused, offset } = kept;
  return {
    ...text('search'),
    ...text('tag'),
    ...text('owner'),
    ...(state ? { state } : {}),
    ...(orderBy ? { orderBy } : {}),
    ...(pageSize ? { pageSize } : {}),
    ...(typeof showPaused === 'boolean' ? { showPaused } : {}),
    ...(typeof offset === 'number' && Number.isInteger(offset) && offset >= 0 ? { offset } : {})
  };
}
