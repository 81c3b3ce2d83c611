import { useRef, type CSSProperties, type RefObject } from 'react';
import type { Bulk, BulkVerb } from '../model/bulk';
import { NO_NARROWING, PAGE_SIZES, isNarrowed, type DagFilter } from '../model/dagFilter';
import type { Translate } from '../model/labels';
import type { DagRowView } from '../model/selectors';
import type { DagTable } from '../model/state';
import type { ImportError } from '../model/wire';
import type { DagLabels } from '../model/wireLabels';
import type { DagListActions, RowOffers } from './actions';
import { countLinks } from './DagLinks';
import { DagListHead } from './DagListHead';
import { DagListRow } from './DagListRow';
import { DagListTools } from './DagListTools';
import { ImportErrors } from './ImportErrors';
import { Notice, ProblemNotice } from './Notice';
import { Pager } from './Pager';
import { RowBlocks } from './RowBlocks';
import { SelectionBar } from './SelectionBar';

/** Which rows are selected, and what is done to them. */
export interface DagSelection {
  readonly dagIds: ReadonlySet<string>;
  readonly bulk: Bulk | null;
  onSelect(dagId: string, isSelected: boolean): void;
  /** All rows of this page, or none. */
  onSelectAll(isSelected: boolean): void;
  onStart(verb: BulkVerb): void;
  onDismiss(): void;
}

export interface DagListProps {
  readonly table: DagTable;
  readonly rows: readonly DagRowView[];
  /** What is in the search box; the filter follows it a moment later. */
  readonly searchText: string;
  readonly importErrors: readonly ImportError[];
  /** Tags and owners to choose from; null until they are known. */
  readonly labels: DagLabels | null;
  /** Null where rows cannot be selected. */
  readonly selection: DagSelection | null;
  /** The DAG that is looked at, where the list says so. */
  readonly current?: string | null;
  readonly now: number;
  readonly trans: Translate;
  readonly actions: DagListActions;
  readonly offers: RowOffers;
  readonly onFilter: (filter: Partial<DagFilter>) => void;
  readonly onTag: (tag: string) => void;
  readonly onOwner: (owner: string) => void;
  readonly onSearch: (search: string) => void;
  readonly onRetry: () => void;
}

/** The DAGs as cards in a narrow place and as a table in a wide one: same elements, other grid. */
export function DagList(props: DagListProps): JSX.Element {
  const { table, rows, importErrors, selection, trans, actions, onFilter } = props;
  const { filter } = table;
  const scroller = useRef<HTMLDivElement>(null);
  return (
    <div className="couture-DagList" data-couture="dag-list">
      <div className="couture-DagList-top">
        <DagListTools {...props} filter={filter} hiddenPaused={table.hiddenPaused} />
        {selection && (
          <SelectionBar
            selected={selection.dagIds.size}
            bulk={selection.bulk}
            offers={props.offers}
            trans={trans}
            onStart={verb => selection.onStart(verb)}
            onClear={() => selection.onSelectAll(false)}
            onDismiss={() => selection.onDismiss()}
          />
        )}
      </div>
      <div className="couture-DagList-scroll" data-couture="dag-scroll" ref={scroller}>
        <ImportErrors
          errors={importErrors}
          trans={trans}
          onOpen={props.offers.hasLab ? actions.openFile : null}
        />
        {table.load.status === 'failed' && (
          <ProblemNotice problem={table.load.problem} trans={trans} onRetry={props.onRetry} />
        )}
        {rows.length > 0 ? <Rows {...props} scroller={scroller} /> : <NoRows {...props} />}
      </div>
      {rows.length > 0 && (
        <Pager
          offset={filter.offset}
          shown={rows.length}
          total={table.total}
          pageSize={filter.pageSize}
          trans={trans}
          onOffset={offset => {
            scroller.current?.scrollTo({ top: 0 });
            onFilter({ offset });
          }}
          sizes={PAGE_SIZES}
          onPageSize={pageSize => onFilter({ pageSize })}
        />
      )}
    </div>
  );
}

interface RowsProps extends DagListProps {
  readonly scroller: RefObject<HTMLDivElement | null>;
}

function Rows(props: RowsProps): JSX.Element {
  const { table, rows, selection, now, trans, actions, offers, onFilter } = props;
  const chosen = selection?.dagIds;
  const count = rows.filter(view => chosen?.has(view.row.dag_id)).length;
  const selected = count === 0 ? 'none' : count === rows.length ? 'all' : 'some';
  return (
    <div
      role="table"
      className="couture-DagTable"
      aria-label={trans.__('DAGs')}
      aria-rowcount={rows.length + 1}
      data-selectable={selection ? true : undefined}
      style={{ '--couture-links': countLinks(offers) } as CSSProperties}
    >
      <div role="rowgroup" className="couture-DagTable-head">
        <DagListHead
          orderBy={table.filter.orderBy}
          trans={trans}
          onOrder={orderBy => onFilter({ orderBy })}
          selected={selection && selected}
          onSelectAll={isSelected => selection?.onSelectAll(isSelected)}
        />
      </div>
      <RowBlocks
        rows={rows}
        scroller={props.scroller}
        className="couture-DagTable-body"
        render={(view, index) => (
          <DagListRow
            key={view.row.dag_id}
            view={view}
            index={index + 2}
            now={now}
            trans={trans}
            actions={actions}
            offers={offers}
            isCurrent={view.row.dag_id === props.current}
            isSelected={chosen?.has(view.row.dag_id) ?? false}
            onSelect={selection && selection.onSelect}
            onTag={props.onTag}
            onOwner={props.onOwner}
          />
        )}
      />
    </div>
  );
}

function NoRows({ table, trans, onFilter, onSearch }: DagListProps): JSX.Element | null {
  const { load, filter, hiddenPaused } = table;
  if (load.status === 'failed') {
    return null;
  }
  if (load.status !== 'ready') {
    return <Notice kind="loading" title={trans.__('Loading DAGs…')} />;
  }
  const showPaused = {
    label: trans.__('Show Paused DAGs'),
    run: () => onFilter({ showPaused: true })
  };
  if (isNarrowed(filter)) {
    const isSearchOnly = filter.search !== '' && !filter.tag && !filter.owner && !filter.state;
    return (
      <Notice
        title={
          isSearchOnly
            ? trans.__('No DAG matches “%1”', filter.search)
            : trans.__('No DAG matches the filters')
        }
        action={{
          label: isSearchOnly ? trans.__('Clear the search') : trans.__('Clear the filters'),
          run: () => {
            onSearch('');
            onFilter(NO_NARROWING);
          }
        }}
      >
        {hiddenPaused > 0 && trans._n('%1 paused DAG does.', '%1 paused DAGs do.', hiddenPaused)}
      </Notice>
    );
  }
  if (hiddenPaused > 0) {
    return (
      <Notice
        title={trans._n('%1 DAG is paused', 'All %1 DAGs are paused', hiddenPaused)}
        action={showPaused}
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
