/** What the list of DAGs is given, for tests: everything is allowed unless the test says otherwise. */
import { vi } from 'vitest';
import type { DagListActions, RowOffers } from '../components/actions';
import type { DagListProps } from '../components/DagList';
import type { DagFilter } from '../model/dagFilter';
import { DAG_TABS } from '../model/dagTabs';
import { dagRowView } from '../model/selectors';
import { INITIAL_STATE, type DagTable } from '../model/state';
import type { DagRow } from '../model/wire';
import { T1, english } from './builders';

export const ALL_OFFERS: RowOffers = {
  tabs: DAG_TABS,
  mayTrigger: true,
  mayEdit: true,
  mayDelete: true,
  mayBrowseTasks: true,
  mayBrowseRuns: true,
  hasLab: true
};

export function fakeActions(): DagListActions {
  return {
    remove: vi.fn(),
    browseTasks: vi.fn(),
    browseRuns: vi.fn(),
    open: vi.fn(),
    setPaused: vi.fn(),
    trigger: vi.fn(),
    refresh: vi.fn(),
    showMenu: vi.fn(),
    openFile: vi.fn()
  };
}

const PAGE = INITIAL_STATE.tables.page;

/** A table that is loaded. */
export function tableOf(part: Partial<DagTable>, filter: Partial<DagFilter> = {}): DagTable {
  return { ...PAGE, load: { status: 'ready' }, ...part, filter: { ...PAGE.filter, ...filter } };
}

export function listProps(rows: readonly DagRow[], part: Partial<DagListProps> = {}): DagListProps {
  const state = { ...INITIAL_STATE, dags: new Map(rows.map(row => [row.dag_id, row])) };
  return {
    table: tableOf({ total: rows.length }),
    rows: rows.flatMap(row => dagRowView(state, row.dag_id) ?? []),
    searchText: '',
    importErrors: [],
    labels: null,
    selection: null,
    now: Date.parse(T1),
    trans: english,
    actions: fakeActions(),
    offers: ALL_OFFERS,
    onFilter: vi.fn(),
    onTag: vi.fn(),
    onOwner: vi.fn(),
    onSearch: vi.fn(),
    onRetry: vi.fn(),
    ...part
  };
}
