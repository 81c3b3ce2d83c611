import { ReactWidget, refreshIcon, tableRowsIcon } from '@jupyterlab/ui-components';
import { useState } from 'react';
import type { DagActions } from '../components/actions';
import { ConnectionBanner } from '../components/ConnectionBanner';
import { DagList } from '../components/DagList';
import { IconButton } from '../components/IconButton';
import { coutureIcon } from '../icons';
import { dagRowView, type DagRowView } from '../model/selectors';
import type { CoutureState } from '../model/state';
import { useCouture, useDebounced, useMay, useNow } from '../store/hooks';
import type { ICouture } from '../tokens';

const SEARCH_DELAY_MS = 180;
const CLOCK_MS = 15_000;

export interface DagListPanelOptions {
  readonly couture: ICouture;
  readonly actions: DagActions;
  /** Opens the same list as a table in the main area; absent there. */
  readonly onWiden?: () => void;
}

/** The list of DAGs as a widget: left side bar or main area. */
export class DagListPanel extends ReactWidget {
  constructor(private readonly options: DagListPanelOptions) {
    super();
    this.addClass('couture-Panel');
    this.title.icon = coutureIcon;
    this.title.caption = options.couture.trans.__('Couture: DAGs');
  }

  protected override render(): JSX.Element {
    return <ConnectedDagList {...this.options} />;
  }
}

/** The visible rows; the same array as long as every row is the same. */
function rowSelector(): (state: CoutureState) => readonly DagRowView[] {
  let last: readonly DagRowView[] = [];
  return state => {
    const rows = state.table.order.flatMap(dagId => dagRowView(state, dagId) ?? []);
    if (rows.length !== last.length || rows.some((row, index) => row !== last[index])) {
      last = rows;
    }
    return last;
  };
}

function ConnectedDagList({ couture, actions, onWiden }: DagListPanelOptions): JSX.Element {
  const { session, trans } = couture;
  const [select] = useState(rowSelector);
  const rows = useCouture(session, select);
  const table = useCouture(session, state => state.table);
  const filter = useCouture(session, state => state.filter);
  const importErrors = useCouture(session, state => state.importErrors);
  const connection = useCouture(session, state => state.connection);
  const engine = useCouture(session, state => state.engine);
  const may = useMay(session);
  const now = useNow(CLOCK_MS);
  const [searchText, setSearchText] = useState(filter.search);
  const search = useDebounced(
    (text: string) => session.setFilter({ search: text }),
    SEARCH_DELAY_MS
  );
  return (
    <>
      <header className="couture-PanelHeader">
        <h2>{trans.__('DAGs')}</h2>
        <IconButton
          icon={refreshIcon}
          label={trans.__('Load the list again')}
          onClick={() => session.retry()}
        />
        {onWiden && (
          <IconButton
            icon={tableRowsIcon}
            label={trans.__('Open as a table')}
            onClick={() => onWiden()}
          />
        )}
      </header>
      <ConnectionBanner
        connection={connection}
        engine={engine}
        trans={trans}
        onRetry={() => session.retry()}
      />
      <DagList
        table={table}
        rows={rows}
        filter={filter}
        searchText={searchText}
        importErrors={importErrors}
        now={now}
        trans={trans}
        may={may}
        actions={actions}
        onFilter={change => session.setFilter(change)}
        onSearch={text => {
          setSearchText(text);
          search(text);
        }}
        onRetry={() => session.retry()}
      />
    </>
  );
}
