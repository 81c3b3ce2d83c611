/** A table of DAGs that is kept up to date, wherever it is shown. */
import { useCallback, useEffect, useState } from 'react';
import { fetchDagLabels } from '../api/labels';
import type { DagListActions, RowOffers } from '../components/actions';
import { DagList, type DagSelection } from '../components/DagList';
import type { DagFilter, TableId } from '../model/dagFilter';
import { dagRowView, type DagRowView } from '../model/selectors';
import { tableOf, type CoutureState } from '../model/state';
import { useCouture, useDebounced, useFetched, useNow } from '../store/hooks';
import type { CoutureSession } from '../store/session';
import type { Live } from './tabs/types';

const SEARCH_DELAY_MS = 180;
const CLOCK_MS = 15_000;

export interface FollowedDagListProps {
  readonly couture: Live;
  readonly table: TableId;
  readonly rows: readonly DagRowView[];
  readonly actions: DagListActions;
  readonly offers: RowOffers;
  /** Null where rows cannot be selected. */
  readonly selection: DagSelection | null;
  /** The DAG that is looked at, where the list says so. */
  readonly current?: string | null;
  /** Whether somebody sees it now: else it asks the server nothing. */
  readonly isSeen: boolean;
}

/** The visible rows; the same array as long as every row is the same. */
function rowSelector(table: TableId): (state: CoutureState) => readonly DagRowView[] {
  let last: readonly DagRowView[] = [];
  return state => {
    const rows = tableOf(state, table).order.flatMap(dagId => dagRowView(state, dagId) ?? []);
    if (rows.length !== last.length || rows.some((row, index) => row !== last[index])) {
      last = rows;
    }
    return last;
  };
}

/** The rows of a table, in their order. */
export function useRows(session: CoutureSession, table: TableId): readonly DagRowView[] {
  const [select] = useState(() => rowSelector(table));
  return useCouture(session, select);
}

export function FollowedDagList(props: FollowedDagListProps): JSX.Element {
  const { couture, table: id, isSeen } = props;
  const { session } = couture;
  const table = useCouture(session, state => tableOf(state, id));
  const importErrors = useCouture(session, state => state.importErrors);
  const now = useNow(CLOCK_MS);
  useEffect(() => {
    if (!isSeen) {
      return undefined;
    }
    const shown = session.showTable(id);
    return () => shown.dispose();
  }, [session, id, isSeen]);
  const labels = useFetched(
    isSeen ? `${table.total} ${table.hiddenPaused}` : null,
    () => fetchDagLabels(session.api),
    'labels'
  );
  const onFilter = useCallback(
    (change: Partial<DagFilter>) => session.setFilter(id, change),
    [session, id]
  );
  const [searchText, setSearchText] = useState(table.filter.search);
  const search = useDebounced((text: string) => onFilter({ search: text }), SEARCH_DELAY_MS);
  useEffect(() => setSearchText(table.filter.search), [table.filter.search]);
  return (
    <DagList
      table={table}
      rows={props.rows}
      searchText={searchText}
      importErrors={importErrors}
      labels={labels.value}
      selection={props.selection}
      current={props.current ?? null}
      now={now}
      trans={couture.trans}
      actions={props.actions}
      offers={props.offers}
      onFilter={onFilter}
      onTag={useCallback((tag: string) => onFilter({ tag }), [onFilter])}
      onOwner={useCallback((owner: string) => onFilter({ owner }), [onFilter])}
      onSearch={text => {
        setSearchText(text);
        search(text);
      }}
      onRetry={() => session.retry()}
    />
  );
}
