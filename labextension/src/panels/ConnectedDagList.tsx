import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { CommandRegistry } from '@lumino/commands';
import { useCallback, useEffect, useMemo, useState } from 'react';
import { fetchDagLabels } from '../api/labels';
import type { DagListActions, RowOffers } from '../components/actions';
import { DagList, type DagSelection } from '../components/DagList';
import { tabsFor } from '../model/dagTabs';
import type { BulkVerb } from '../model/bulk';
import type { DagFilter, TableId } from '../model/dagFilter';
import type { Translate } from '../model/labels';
import { dagRowView, type DagRowView } from '../model/selectors';
import type { CoutureState } from '../model/state';
import { useCouture, useDebounced, useFetched, useMay, useNow } from '../store/hooks';
import { useBulk } from '../store/useBulk';
import type { ICouture } from '../tokens';
import { CommandIDs } from '../commands';
import { BROWSE } from './dagActions';
import { useHasCommand } from './useHasCommand';

const SEARCH_DELAY_MS = 180;
const CLOCK_MS = 15_000;
const NONE: ReadonlySet<string> = new Set();

export interface ConnectedDagListProps {
  readonly couture: ICouture;
  readonly table: TableId;
  readonly actions: DagListActions;
  /** Some links need a command of another plugin. */
  readonly commands: CommandRegistry;
  /** Whether somebody sees it now: else it asks the server nothing. */
  readonly isSeen: boolean;
}

/** The visible rows; the same array as long as every row is the same. */
function rowSelector(table: TableId): (state: CoutureState) => readonly DagRowView[] {
  let last: readonly DagRowView[] = [];
  return state => {
    const rows = state.tables[table].order.flatMap(dagId => dagRowView(state, dagId) ?? []);
    if (rows.length !== last.length || rows.some((row, index) => row !== last[index])) {
      last = rows;
    }
    return last;
  };
}

export default function ConnectedDagList(props: ConnectedDagListProps): JSX.Element {
  const { couture, table: id, actions, isSeen } = props;
  const { session, trans } = couture;
  const [select] = useState(() => rowSelector(id));
  const rows = useCouture(session, select);
  const table = useCouture(session, state => state.tables[id]);
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
  const selection = useSelection(couture, rows);
  return (
    <DagList
      table={table}
      rows={rows}
      searchText={searchText}
      importErrors={importErrors}
      labels={labels.value}
      selection={id === 'page' ? selection : null}
      now={now}
      trans={trans}
      actions={actions}
      offers={useOffers(props)}
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

function useOffers({ couture, commands }: ConnectedDagListProps): RowOffers {
  const may = useMay(couture.session);
  const hasBrowse = useHasCommand(commands, BROWSE);
  const hasDelete = useHasCommand(commands, CommandIDs.deleteDag);
  const offers: RowOffers = {
    tabs: tabsFor(may),
    mayTrigger: may('runs.trigger'),
    mayEdit: may('dags.edit'),
    mayDelete: hasDelete && may('dags.delete'),
    mayBrowseTasks: hasBrowse && may('tasks.read'),
    mayBrowseRuns: hasBrowse && may('runs.read')
  };
  // eslint-disable-next-line react-hooks/exhaustive-deps -- the same object for the same offers
  return useMemo(() => offers, [JSON.stringify(offers)]);
}

function useSelection(couture: ICouture, rows: readonly DagRowView[]): DagSelection {
  const [chosen, setChosen] = useState(NONE);
  const work = useBulk(couture.session);
  const dagIds = useMemo(() => {
    const here = new Set(rows.map(view => view.row.dag_id));
    const still = [...chosen].filter(dagId => here.has(dagId));
    return still.length === chosen.size ? chosen : new Set(still);
  }, [chosen, rows]);
  const onSelect = useCallback((dagId: string, isSelected: boolean) => {
    setChosen(before => {
      const next = new Set(before);
      if (isSelected) {
        next.add(dagId);
      } else {
        next.delete(dagId);
      }
      return next;
    });
  }, []);
  const start = async (verb: BulkVerb): Promise<void> => {
    if (verb === 'trigger' && !(await isSure(dagIds, couture.trans))) {
      return;
    }
    setChosen(new Set(await work.start(verb, [...dagIds])));
  };
  return {
    dagIds,
    bulk: work.bulk,
    onSelect,
    onSelectAll: isSelected =>
      setChosen(isSelected ? new Set(rows.map(view => view.row.dag_id)) : NONE),
    onStart: verb => void start(verb),
    onDismiss: work.dismiss
  };
}

async function isSure(dagIds: ReadonlySet<string>, trans: Translate): Promise<boolean> {
  const { button } = await showDialog({
    title: trans._n('Trigger %1 DAG?', 'Trigger %1 DAGs?', dagIds.size),
    body: trans.__('Each gets a run of its own, with its default parameters.'),
    buttons: [Dialog.cancelButton(), Dialog.okButton({ label: trans.__('Trigger') })]
  });
  return button.accept;
}
