// @vitest-environment jsdom
import { afterEach, describe, expect, it, vi } from 'vitest';
import { makeRow } from '../testing/builders';
import { ALL_OFFERS, listProps, tableOf } from '../testing/dagListProps';
import { render, type Rendered } from '../testing/render';
import type { RowOffers } from './actions';
import { DagList, type DagSelection } from './DagList';

let shown: Rendered | null = null;

afterEach(() => {
  shown?.unmount();
  shown = null;
});

describe('a row of the list of DAGs', () => {
  it('has a named link to each useful page, and none to what is not there or not allowed (S172)', () => {
    const props = listProps([makeRow()]);
    shown = render(<DagList {...props} />);
    const names = (): (string | null)[] =>
      [...(shown as Rendered).host.querySelectorAll('.couture-DagRow-links button')].map(button =>
        button.getAttribute('aria-label')
      );
    expect(names()).toEqual([
      'Trigger etl (Shift: with configuration)',
      'Tree View of etl',
      'Graph View of etl',
      'Task Duration of etl',
      'Task Tries of etl',
      'Landing Times of etl',
      'Gantt of etl',
      'Code of etl',
      'Logs of etl',
      'Refresh etl: read its file again',
      'Delete etl…',
      'More for etl'
    ]);
    shown.click('[data-couture="link-tree"]');
    expect(props.actions.open).toHaveBeenCalledWith('etl', { tab: 'tree' });
    shown.click('[data-couture="link-logs"]');
    expect(props.actions.browseTasks).toHaveBeenCalledWith('etl', null);
    shown.click('[data-couture="link-delete"]');
    expect(props.actions.remove).toHaveBeenCalledWith('etl');
    const reader: RowOffers = {
      tabs: ['graph'],
      mayTrigger: false,
      mayEdit: false,
      mayDelete: false,
      mayBrowseTasks: false,
      mayBrowseRuns: false,
      hasLab: false
    };
    shown.rerender(<DagList {...props} offers={reader} />);
    expect(names()).toEqual(['Graph View of etl', 'More for etl']);
    const toggle = shown.find('[role="switch"]') as HTMLButtonElement;
    expect([toggle.disabled, toggle.title]).toEqual([true, 'etl is on']);
  });

  it('leads from a counter to what it counts, where there is a page for it', () => {
    const row = makeRow({ recent_tasks: { failed: 2 }, run_counts: { success: 3 } });
    const props = listProps([row]);
    shown = render(<DagList {...props} />);
    shown.click('[data-couture="task-counters"] button[data-state="failed"]');
    expect(props.actions.browseTasks).toHaveBeenCalledWith('etl', 'failed');
    shown.click('[data-couture="run-counters"] button[data-state="success"]');
    expect(props.actions.browseRuns).toHaveBeenCalledWith('etl', 'success');
    const offers = { ...ALL_OFFERS, mayBrowseTasks: false };
    shown.rerender(<DagList {...props} offers={offers} />);
    expect(shown.host.querySelector('[data-couture="task-counters"] button')).toBeNull();
    expect(
      shown.find('[data-couture="task-counters"] [data-state="failed"]').textContent
    ).toContain('2');
  });

  it('is ordered by the heads of its columns, which say so', () => {
    const props = listProps([makeRow()]);
    shown = render(<DagList {...props} />);
    expect(shown.find('[role="columnheader"].couture-DagRow-name').ariaSort).toBe('ascending');
    expect(shown.find('[role="columnheader"].couture-DagRow-last').ariaSort).toBe('none');
    shown.click('[data-couture="sort-last"]');
    expect(props.onFilter).toHaveBeenLastCalledWith({ orderBy: '-last_run' });
    shown.click('[data-couture="sort-name"]');
    expect(props.onFilter).toHaveBeenLastCalledWith({ orderBy: '-dag_id' });
  });

  it('is narrowed by a tag, an owner and a state, and widened again by a chip', () => {
    const row = makeRow({ tags: ['a', 'b', 'c', 'd'] });
    const props = listProps([row]);
    shown = render(<DagList {...props} />);
    expect(shown.find('.couture-Tags').textContent).toBe('abc+1');
    shown.click('[data-couture="tag"]');
    expect(props.onTag).toHaveBeenCalledWith('a');
    shown.click('.couture-DagRow .couture-DagRow-owner button');
    expect(props.onOwner).toHaveBeenCalledWith('data');
    shown.click('[data-couture="state-failed"]');
    expect(props.onFilter).toHaveBeenLastCalledWith({ state: 'failed' });
    shown.rerender(<DagList {...props} table={tableOf({}, { tag: 'a' })} />);
    shown.click('[data-couture="chip-tag"] button');
    expect(props.onFilter).toHaveBeenLastCalledWith({ tag: '' });
  });

  it('selects rows, does something to them, and says what failed', () => {
    const rows = [makeRow(), makeRow({ dag_id: 'other' })];
    const selection: DagSelection = {
      dagIds: new Set(['etl']),
      bulk: null,
      onSelect: vi.fn(),
      onSelectAll: vi.fn(),
      onStart: vi.fn(),
      onDismiss: vi.fn()
    };
    const props = listProps(rows, { selection });
    shown = render(<DagList {...props} />);
    const all = shown.find('[aria-label="Select all DAGs of this page"]') as HTMLInputElement;
    expect(all.indeterminate).toBe(true);
    shown.click('[aria-label="Select other"]');
    expect(selection.onSelect).toHaveBeenCalledWith('other', true);
    expect(shown.find('[data-couture="selection-bar"]').textContent).toContain('1 DAG selected');
    shown.click('[data-couture="bulk-turn-off"]');
    expect(selection.onStart).toHaveBeenCalledWith('turn-off');
    const failures = [{ dagId: 'etl', message: 'Not for you' }];
    const bulk = { verb: 'turn-off', total: 2, done: 2, failures } as const;
    shown.rerender(<DagList {...props} selection={{ ...selection, bulk }} />);
    const outcome = shown.find('[data-couture="bulk-outcome"]').textContent;
    expect(outcome).toContain('1 DAG turned off, 1 failed');
    expect(outcome).toContain('etl Not for you');
  });
});
