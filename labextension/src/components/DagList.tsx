import type { Translate } from '../model/labels';
import type { DagRowView } from '../model/selectors';
import { PAGE_SIZE, type DagFilter, type DagTable } from '../model/state';
import type { ImportError } from '../model/wire';
import type { May } from '../model/permissions';
import type { DagActions } from './actions';
import { DagListRow } from './DagListRow';
import { ImportErrors } from './ImportErrors';
import { Notice, ProblemNotice } from './Notice';
import { Pager } from './Pager';

export interface DagListProps {
  readonly table: DagTable;
  readonly rows: readonly DagRowView[];
  readonly filter: DagFilter;
  /** What is in the search box; `filter.search` follows it a moment later. */
  readonly searchText: string;
  readonly importErrors: readonly ImportError[];
  readonly now: number;
  readonly trans: Translate;
  readonly may: May;
  readonly actions: DagActions;
  readonly onFilter: (filter: Partial<DagFilter>) => void;
  readonly onSearch: (search: string) => void;
  readonly onRetry: () => void;
}

/** The DAGs as cards in a narrow place and as a table in a wide one: same elements, other grid. */
export function DagList(props: DagListProps): JSX.Element {
  const { table, rows, importErrors, trans, actions } = props;
  return (
    <div className="couture-DagList" data-couture="dag-list">
      <Search {...props} />
      <ImportErrors errors={importErrors} trans={trans} onOpen={actions.openFile} />
      {table.load.status === 'failed' && (
        <ProblemNotice problem={table.load.problem} trans={trans} onRetry={props.onRetry} />
      )}
      {rows.length > 0 ? <Rows {...props} /> : <NoRows {...props} />}
      {rows.length > 0 && (
        <Pager
          offset={props.filter.offset}
          shown={rows.length}
          total={table.total}
          pageSize={PAGE_SIZE}
          trans={trans}
          onOffset={offset => props.onFilter({ offset })}
        />
      )}
    </div>
  );
}

function Search(props: DagListProps): JSX.Element {
  const { filter, searchText, table, trans, onFilter, onSearch } = props;
  return (
    <div className="couture-DagList-search" role="search">
      <input
        type="search"
        className="couture-Input"
        data-couture="search"
        placeholder={trans.__('Search DAGs')}
        aria-label={trans.__('Search DAGs by name, owner or tag')}
        value={searchText}
        onChange={event => onSearch(event.target.value)}
      />
      <button
        type="button"
        className="couture-LinkButton"
        data-couture="show-paused"
        aria-pressed={filter.showPaused}
        onClick={() => onFilter({ showPaused: !filter.showPaused })}
      >
        {filter.showPaused
          ? trans.__('Hide paused DAGs')
          : table.hiddenPaused > 0
            ? trans.__('Show paused DAGs (%1)', table.hiddenPaused)
            : trans.__('Show paused DAGs')}
      </button>
    </div>
  );
}

function Rows({ rows, now, trans, may, actions }: DagListProps): JSX.Element {
  return (
    <div role="table" className="couture-DagTable" aria-label={trans.__('DAGs')}>
      <div role="rowgroup" className="couture-DagTable-head">
        <HeaderRow trans={trans} />
      </div>
      <div role="rowgroup" className="couture-DagTable-body">
        {rows.map(view => (
          <DagListRow
            key={view.row.dag_id}
            view={view}
            now={now}
            trans={trans}
            may={may}
            actions={actions}
          />
        ))}
      </div>
    </div>
  );
}

function HeaderRow({ trans }: { readonly trans: Translate }): JSX.Element {
  const columns = [
    ['toggle', trans.__('On'), trans.__('Only DAGs that are on are scheduled')],
    ['name', trans.__('DAG'), trans.__('Name of the DAG; opens its graph')],
    ['schedule', trans.__('Schedule'), trans.__('When runs are created')],
    ['owner', trans.__('Owner'), trans.__('Who looks after the DAG')],
    ['tasks', trans.__('Recent Tasks'), trans.__('Tasks of the active runs, or of the last run')],
    ['last', trans.__('Last Run'), trans.__('State and start of the newest run')],
    ['runs', trans.__('DAG Runs'), trans.__('All runs: success, running, failed, queued')],
    ['links', trans.__('Links'), trans.__('Trigger, graph, code, refresh')]
  ] as const;
  return (
    <div role="row" className="couture-DagTable-headRow">
      {columns.map(([name, label, hint]) => (
        <div key={name} role="columnheader" className={`couture-DagRow-${name}`} title={hint}>
          {label}
        </div>
      ))}
    </div>
  );
}

function NoRows({ table, filter, trans, onFilter, onSearch }: DagListProps): JSX.Element | null {
  if (table.load.status === 'failed') {
    return null;
  }
  if (table.load.status !== 'ready') {
    return <Notice kind="loading" title={trans.__('Loading DAGs…')} />;
  }
  if (filter.search !== '') {
    return (
      <Notice
        title={trans.__('No DAG matches “%1”', filter.search)}
        action={{ label: trans.__('Clear the search'), run: () => onSearch('') }}
      >
        {!filter.showPaused && trans.__('Paused DAGs are hidden.')}
      </Notice>
    );
  }
  if (table.hiddenPaused > 0) {
    return (
      <Notice
        title={trans._n('%1 DAG is paused', 'All %1 DAGs are paused', table.hiddenPaused)}
        action={{
          label: trans.__('Show paused DAGs'),
          run: () => onFilter({ showPaused: true })
        }}
      >
        {trans.__('A new DAG is off until you turn it on.')}
      </Notice>
    );
  }
  return (
    <Notice title={trans.__('No DAGs yet')}>
      {trans.__(
        'Save a Python file that defines a DAG in the DAGs folder. It appears here by itself.'
      )}
    </Notice>
  );
}
