import { downloadIcon, linkIcon, refreshIcon } from '@jupyterlab/ui-components';
import { useMemo, type ReactNode } from 'react';
import { type BrowseAction, type Outcome } from '../../model/browse/actions';
import type { Place } from '../../model/browse/cells';
import type { BrowsePage, Column, Filter, Found, Row } from '../../model/browse/page';
import type { PageId } from '../../model/browse/pageIds';
import type { BrowseQuery } from '../../model/browse/query';
import type { Translate } from '../../model/labels';
import type { Load } from '../../model/state';
import { IconButton } from '../IconButton';
import { Notice, ProblemNotice } from '../Notice';
import { ActionBar } from './ActionBar';
import { BrowseTable } from './BrowseTable';
import type { CellActions } from './CellView';
import { Choices } from './Choices';
import { FilterBar } from './FilterBar';
import { Footer, recordCount } from './Footer';
import { Outcomes } from './Outcomes';
import { Searches, type Search } from './Searches';

export interface ActingProps {
  readonly selected: ReadonlySet<string>;
  readonly progress: { readonly done: number; readonly total: number } | null;
  readonly outcomes: { readonly action: string; readonly list: readonly Outcome[] } | null;
  readonly select: (keys: readonly string[], isSelected: boolean) => void;
  readonly selectNothing: () => void;
  readonly run: (action: BrowseAction) => Promise<void>;
  readonly stop: () => void;
  readonly closeOutcomes: () => void;
  readonly note: (row: Row, text: string) => Promise<boolean>;
}

export interface BrowseViewProps {
  readonly title: string;
  readonly page: BrowsePage;
  /** Those shown, of `allColumns`. */
  readonly columns: readonly Column[];
  readonly allColumns: readonly Column[];
  readonly filters: readonly Filter[];
  readonly query: BrowseQuery;
  readonly found: Found | null;
  readonly load: Load;
  /** Something has changed that is not shown, because rows are selected. */
  readonly isBehind: boolean;
  readonly acting: ActingProps;
  readonly rowActions: readonly BrowseAction[];
  readonly hasNotes: boolean;
  /** Null where searches are not offered. */
  readonly searches: readonly Search[] | null;
  /** What only this page can do, beside its rows. */
  readonly tools?: ReactNode;
  readonly trans: Translate;
  readonly onOpen: (place: Place) => void;
  readonly onCopy: (text: string) => void;
  readonly onRow?: (row: Row) => void;
  readonly onGo: (change: Partial<BrowseQuery>) => void;
  readonly onRetry: () => void;
  readonly onColumns: (ids: readonly string[]) => void;
  readonly onExport: () => void;
  readonly onCopyLink: () => void;
  readonly onSave: (name: string) => void;
  readonly onRemove: (search: Search) => void;
  readonly onSearch?: (link: string) => void;
  readonly onPage?: (page: PageId, filters: Readonly<Record<string, string>>) => void;
}

/** A page of the Browse menu: what is looked for, the rows, and what can be done with them. */
export function BrowseView(props: BrowseViewProps): JSX.Element {
  const { query, acting, rowActions, filters, trans, onGo } = props;
  return (
    <>
      <Head {...props} />
      <FilterBar
        filters={filters}
        values={query.filters}
        trans={trans}
        onChange={(name, value) =>
          onGo({
            filters: Object.fromEntries(
              Object.entries({ ...query.filters, [name]: value }).filter(([, each]) => each !== '')
            )
          })
        }
        onClear={() => onGo({ filters: {} })}
      />
      {rowActions.length > 0 && (
        <ActionBar
          actions={rowActions}
          selected={acting.selected.size}
          progress={acting.progress}
          trans={trans}
          onAct={action => void acting.run(action)}
          onStop={acting.stop}
          onNothing={acting.selectNothing}
        />
      )}
      {acting.outcomes && (
        <Outcomes
          action={acting.outcomes.action}
          outcomes={acting.outcomes.list}
          trans={trans}
          onClose={acting.closeOutcomes}
        />
      )}
      {props.isBehind && (
        <p className="couture-Browse-held" role="status">
          {trans.__('Something has changed. The rows stay as they are while some are selected.')}
        </p>
      )}
      <Rows {...props} />
    </>
  );
}

function Head(props: BrowseViewProps): JSX.Element {
  const { title, found, columns, allColumns, searches, trans, onSearch } = props;
  return (
    <header className="couture-Browse-head">
      <h2>{title}</h2>
      <span className="couture-faint" data-couture="record-count">
        {found && trans.__('Record Count: %1', recordCount(found, trans))}
      </span>
      <span className="couture-spring" />
      {props.tools}
      {searches && onSearch && (
        <Searches
          searches={searches}
          trans={trans}
          onOpen={search => onSearch(search.link)}
          onSave={props.onSave}
          onRemove={props.onRemove}
        />
      )}
      <Choices
        label={trans.__('Columns')}
        summary={trans.__('Columns')}
        hook="columns"
        choices={allColumns.map(each => ({ value: each.id, label: each.label(trans) }))}
        chosen={columns.map(each => each.id)}
        onChange={props.onColumns}
      />
      <IconButton
        icon={downloadIcon}
        hook="export"
        label={trans.__('Export all matching rows as CSV')}
        text={trans.__('CSV')}
        onClick={props.onExport}
      />
      <IconButton
        icon={linkIcon}
        hook="copy-link"
        label={trans.__('Copy a link to this page with its filters')}
        onClick={props.onCopyLink}
      />
      <IconButton icon={refreshIcon} label={trans.__('Load again')} onClick={props.onRetry} />
    </header>
  );
}

function Rows(props: BrowseViewProps): JSX.Element {
  const {
    page,
    found,
    load,
    query,
    acting,
    rowActions,
    trans,
    onOpen,
    onCopy,
    onPage,
    onRow,
    onGo
  } = props;
  const actions = useMemo<CellActions>(
    () => ({ open: onOpen, copy: onCopy, ...(onPage ? { openPage: onPage } : {}) }),
    [onOpen, onCopy, onPage]
  );
  if (load.status === 'failed') {
    return <ProblemNotice problem={load.problem} trans={trans} onRetry={props.onRetry} />;
  }
  if (!found) {
    return <Notice kind="loading" title={trans.__('Loading…')} />;
  }
  if (found.rows.length === 0) {
    const isNarrowed = Object.keys(query.filters).length > 0 || query.offset > 0;
    return isNarrowed ? (
      <Notice
        title={trans.__('Nothing matches')}
        action={{ label: trans.__('Clear filters'), run: () => onGo({ filters: {} }) }}
      />
    ) : (
      <Notice title={trans.__('Nothing here yet')}>{page.empty(trans)}</Notice>
    );
  }
  return (
    <>
      <BrowseTable
        title={props.title}
        columns={props.columns}
        rows={found.rows}
        order={query.order}
        selected={acting.selected}
        hasActions={rowActions.length > 0}
        trans={trans}
        actions={actions}
        onOrder={order => onGo({ order })}
        onSelect={acting.select}
        {...(props.hasNotes ? { onNote: acting.note } : {})}
        {...(onRow ? { onRow } : {})}
      />
      <Footer
        found={found}
        offset={query.offset}
        trans={trans}
        onOffset={offset => onGo({ offset })}
      />
    </>
  );
}
