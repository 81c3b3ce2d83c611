import { Clipboard } from '@jupyterlab/apputils';
import { useMemo, useRef, useState } from 'react';
import { fetchRows } from '../../api/browse';
import type { DagActions } from '../../components/actions';
import { BrowseView } from '../../components/browse/BrowseView';
import { Notice } from '../../components/Notice';
import { actionsOf } from '../../model/browse/actions';
import type { Row } from '../../model/browse/page';
import { linkTo, pageTitle, readLink, type PageId } from '../../model/browse/pageIds';
import { browsePage } from '../../model/browse/pages';
import { fromLink, PAGE_ROWS, toLink, type BrowseQuery } from '../../model/browse/query';
import { useCouture, useFetched, useMay, useSelected } from '../../store/hooks';
import { useRefresh } from '../../store/useRefresh';
import { useRested } from '../../store/useRested';
import type { Store } from '../../store/store';
import type { ICouture } from '../../tokens';
import { copyLink } from '../copyLink';
import { attempt, tell } from '../tell';
import { exportWithProgress } from './exportWithProgress';
import { useActions } from './useActions';
import { askAboutVariable } from './variableDialogs';
import { VariableTools } from './VariableTools';
import '../../../style/browse.css';

export interface ConnectedBrowseProps {
  readonly couture: ICouture;
  readonly actions: Pick<DagActions, 'open'>;
  /** What is shown, as a link; changing a filter changes it. */
  readonly link: Store<string, string>;
  /** Filters that the place says and the reader cannot change: the DAG, in its document. */
  readonly fixed?: Readonly<Record<string, string>>;
  /** Opens another page; absent inside of a document. */
  readonly onLink?: (link: string) => void;
}

const TYPING_MS = 300;
const SOON_MS = 10_000;
const LATE_MS = 60_000;
/** The stream does not tell of signs of life, of what people look at, nor of variables. */
const UNTOLD: readonly PageId[] = ['jobs', 'audit', 'variables'];
const NOT_FIXED: Readonly<Record<string, string>> = {};

/** A page of the Browse menu with everything that makes it live. */
export default function ConnectedBrowse(props: ConnectedBrowseProps): JSX.Element {
  const link = useSelected(props.link, value => value);
  const query = useMemo(() => fromLink(link), [link]);
  const { trans } = props.couture;
  return query ? (
    <Page key={query.page} {...props} query={query} />
  ) : (
    <Notice kind="error" title={trans.__('There is no such page: %1', link)} />
  );
}

function Page(props: ConnectedBrowseProps & { readonly query: BrowseQuery }): JSX.Element {
  const { couture, actions, query, fixed = NOT_FIXED, onLink } = props;
  const { session, settings, trans } = couture;
  const may = useMay(session);
  const me = useCouture(session, state => state.me?.name ?? '');
  const page = browsePage(query.page);
  const place = useRef<HTMLDivElement>(null);
  const whole = useMemo(
    () => ({ ...query, filters: { ...query.filters, ...fixed } }),
    [query, fixed]
  );
  const asked = useRested(whole, TYPING_MS);
  const found = useFetched(
    JSON.stringify([asked.filters, asked.order, asked.offset]),
    () => fetchRows(session.api, asked, PAGE_ROWS),
    query.page
  );
  const rows = found.value?.rows ?? [];
  const acting = useActions(couture, rows, found.retry);
  const [isEditing, setEditing] = useState(false);
  const isHeld = acting.selected.size > 0 || isEditing;
  const isBehind = useRefresh({
    session,
    place,
    isHeld,
    everyMs: UNTOLD.includes(query.page) ? SOON_MS : LATE_MS,
    refresh: found.retry
  });
  const chosen = useSelected(settings, value => value.browseColumns);
  const searches = useSelected(settings, value => value.savedSearches);
  const columns = page.columns.filter(({ id }) => !(id in fixed));
  const shown = chosen[query.page] ?? columns.filter(each => !each.isExtra).map(each => each.id);
  const go = (change: Partial<BrowseQuery>): void =>
    props.link.dispatch(toLink({ ...query, offset: 0, ...change }));
  return (
    <div
      ref={place}
      className="couture-Browse"
      data-couture="browse"
      data-page={query.page}
      data-load={found.load.status}
      onFocus={event => setEditing(event.target instanceof HTMLTextAreaElement)}
      onBlur={() => setEditing(false)}
    >
      <BrowseView
        title={pageTitle(query.page, trans)}
        page={page}
        columns={columns.filter(({ id }) => shown.includes(id))}
        allColumns={columns}
        filters={page.filters.filter(({ name }) => !(name in fixed))}
        query={query}
        found={found.value}
        load={found.load}
        isBehind={isBehind}
        acting={acting}
        rowActions={actionsOf(query.page, may)}
        hasNotes={may('sla.edit')}
        searches={onLink ? searches.filter(each => each.user === me && readLink(each.link)) : null}
        trans={trans}
        onOpen={({ dagId, ...target }) => actions.open(dagId, target)}
        onGo={go}
        onRetry={found.retry}
        onColumns={ids =>
          couture.changeSettings({ browseColumns: { ...chosen, [query.page]: ids } })
        }
        onExport={() => void exportWithProgress(couture, whole)}
        onCopy={text => {
          Clipboard.copyToSystem(text);
          tell('success', trans.__('Copied: %1', text), trans, 2000);
        }}
        onCopyLink={() => copyLink(toLink(whole), trans)}
        onSave={name =>
          couture.changeSettings({
            savedSearches: [
              ...searches.filter(each => each.user !== me || each.name !== name),
              { user: me, name, link: toLink(query) }
            ]
          })
        }
        onRemove={search =>
          couture.changeSettings({
            savedSearches: searches.filter(each => each.user !== me || each.name !== search.name)
          })
        }
        {...(query.page === 'variables'
          ? {
              tools: <VariableTools couture={couture} onChanged={found.retry} />,
              onRow: ({ key }: Row) =>
                void attempt(trans, async () => {
                  await askAboutVariable(couture, key);
                  found.retry();
                })
            }
          : {})}
        {...(onLink
          ? { onPage: (next, filters) => onLink(linkTo(next, filters)), onSearch: onLink }
          : {})}
      />
    </div>
  );
}
