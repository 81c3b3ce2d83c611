// @vitest-environment jsdom
import { act } from 'react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { actionsOf } from '../../model/browse/actions';
import { browsePage } from '../../model/browse/pages';
import { emptyQuery } from '../../model/browse/query';
import { english, makeRun, T0 } from '../../testing/builders';
import { render, type Rendered } from '../../testing/render';
import { BrowseView, type ActingProps, type BrowseViewProps } from './BrowseView';

let shown: Rendered | null = null;

afterEach(() => {
  shown?.unmount();
  shown = null;
});

const ACTING: ActingProps = {
  selected: new Set(),
  progress: null,
  outcomes: null,
  select: vi.fn(),
  selectNothing: vi.fn(),
  run: vi.fn(() => Promise.resolve()),
  stop: vi.fn(),
  closeOutcomes: vi.fn(),
  note: vi.fn(() => Promise.resolve(true))
};

function props(part: Partial<BrowseViewProps> = {}): BrowseViewProps {
  const page = browsePage('runs');
  const runs = ['r1', 'r2'].map(runId => makeRun({ run_id: runId }));
  return {
    title: 'DAG Runs',
    page,
    columns: page.columns.filter(column => !column.isExtra),
    allColumns: page.columns,
    filters: page.filters,
    query: emptyQuery('runs'),
    found: page.read({ runs, total: 6912, has_more: false }),
    load: { status: 'ready' },
    isBehind: false,
    acting: ACTING,
    rowActions: actionsOf('runs', () => true),
    hasNotes: false,
    searches: [],
    trans: english,
    onOpen: vi.fn(),
    onCopy: vi.fn(),
    onGo: vi.fn(),
    onRetry: vi.fn(),
    onColumns: vi.fn(),
    onExport: vi.fn(),
    onCopyLink: vi.fn(),
    onSave: vi.fn(),
    onRemove: vi.fn(),
    onSearch: vi.fn(),
    ...part
  };
}

function show(part: Partial<BrowseViewProps> = {}): BrowseViewProps {
  const given = props(part);
  shown = render(<BrowseView {...given} />);
  return given;
}

function host(): HTMLElement {
  return (shown as Rendered).host;
}

describe('a page of the Browse menu', () => {
  it('says how many rows there are and which are shown (S129)', () => {
    const { onGo } = show();
    expect(host().textContent).toContain('Record Count: 6,912');
    expect(host().textContent).toContain('Showing 1 to 2 of 6,912');
    shown?.click('[data-couture="next-page"]');
    expect(onGo).toHaveBeenCalledWith({ offset: 100 });
    shown?.rerender(
      <BrowseView {...props({ found: { rows: [], total: 10_000, hasMore: true } })} />
    );
    expect(host().textContent).toContain('Record Count: more than 10,000');
  });

  it('sorts by its headers, the end first', () => {
    const { onGo } = show();
    const sorts = [...host().querySelectorAll('th[aria-sort]')].map(th => [
      th.getAttribute('data-column'),
      th.getAttribute('aria-sort')
    ]);
    expect(sorts).toEqual([
      ['execution_date', 'none'],
      ['created', 'descending']
    ]);
    shown?.click('th[data-column="created"] button');
    shown?.click('th[data-column="execution_date"] button');
    expect(vi.mocked(onGo).mock.calls).toEqual([
      [{ order: 'created' }],
      [{ order: '-logical_date' }]
    ]);
  });

  it('selects one row, or all of them', () => {
    const { acting } = show();
    shown?.click('[data-couture="select-all"]');
    shown?.click('tbody input');
    const [all, one] = vi.mocked(acting.select).mock.calls;
    expect(all).toEqual([['["etl","r1"]', '["etl","r2"]'], true]);
    expect(one).toEqual([['["etl","r1"]'], true]);
    expect(host().querySelector('tbody input')?.getAttribute('aria-label')).toBe('Select etl · r1');
  });

  it('offers no action and no box to those who may only look', () => {
    show({ rowActions: [] });
    expect(host().querySelectorAll('[type="checkbox"][data-couture="select-all"]')).toHaveLength(0);
    expect(host().querySelectorAll('[data-couture^="action-"]')).toHaveLength(0);
  });

  it('leaves out a filter that was emptied, and clears them all where nothing matches', () => {
    const query = { ...emptyQuery('runs'), filters: { state: 'failed', dag_id: 'etl' } };
    const { onGo } = show({ query, found: { rows: [], total: 0, hasMore: false } });
    const box = host().querySelector<HTMLInputElement>('input[value="failed"]');
    act(() => box?.click());
    expect(onGo).toHaveBeenLastCalledWith({ filters: { dag_id: 'etl' } });
    expect(host().textContent).toContain('Nothing matches');
    shown?.click('.couture-Notice button');
    expect(onGo).toHaveBeenLastCalledWith({ filters: {} });
  });

  it('tells row by row what came of an action (S127)', () => {
    const list = [
      { label: 'etl · r1', isDone: true, text: 'done' },
      { label: 'etl · r2', isDone: false, text: 'There is no run r2 any more.' }
    ];
    show({ acting: { ...ACTING, outcomes: { action: 'Delete', list } } });
    const outcomes = host().querySelector('[data-couture="outcomes"]');
    expect(outcomes?.textContent).toContain('Delete: 1 of 2 done');
    expect(outcomes?.textContent).toContain('There is no run r2 any more.');
  });

  it('lets a description be written where it stands, if that is allowed', async () => {
    const page = browsePage('sla');
    const miss = {
      number: 7,
      dag_id: 'etl',
      run_id: 'r1',
      task_id: '',
      logical_date: T0,
      deadline: T0,
      recorded_at: T0,
      mail_id: null,
      mail_sent_at: null,
      callback: null,
      called_back_at: null,
      note: 'slow disk'
    };
    const found = page.read({ misses: [miss], total: 1 });
    const list = { page, columns: page.columns, query: emptyQuery('sla'), found, rowActions: [] };
    show(list);
    expect(host().textContent).toContain('slow disk');
    expect(host().querySelector('[data-couture="edit-note"]')).toBeNull();
    const { acting } = props({ ...list, hasNotes: true });
    shown?.rerender(<BrowseView {...props({ ...list, hasNotes: true })} />);
    shown?.click('[data-couture="edit-note"]');
    expect(host().querySelector('textarea')?.value).toBe('slow disk');
    await act(async () => shown?.find('[data-couture="save-note"]').click());
    expect(acting.note).toHaveBeenCalledWith(found.rows[0], 'slow disk');
    expect(host().querySelector('textarea')).toBeNull();
  });

  it('shows of a variable what is hidden, opens it by its key and copies how it is read (S095)', () => {
    const page = browsePage('variables');
    const variables = [
      { key: 'limits', value: '{"rows": 1}', description: 'most', hidden: false },
      { key: 'db password', value: '***', description: '', hidden: true },
      { key: 'lost', value: null, description: '', hidden: false }
    ].map(each => ({ ...each, warning: '', revision: 'r' }));
    const found = page.read({ variables, total: 3 });
    const given = {
      page,
      columns: page.columns,
      query: emptyQuery('variables'),
      found,
      rowActions: actionsOf('variables', () => true),
      onRow: vi.fn()
    };
    const { onCopy } = show(given);
    const texts = [...host().querySelectorAll('td[data-column="value"]')].map(td => td.textContent);
    expect(texts).toEqual(['{"rows": 1}', '***hidden', 'no key opens it']);
    expect(host().querySelector('[data-couture="action-delete"]')).not.toBeNull();
    shown?.click('[data-couture="open-row"]');
    expect(given.onRow).toHaveBeenCalledWith(found.rows[0]);
    shown?.click('[data-couture="copy-python"]');
    shown?.click('tr[data-key="db password"] [data-couture="copy-jinja"]');
    expect(vi.mocked(onCopy).mock.calls).toEqual([
      ['Variable.get("limits", deserialize_json=True)'],
      ['{{ var.value["db password"] }}']
    ]);
  });
});
