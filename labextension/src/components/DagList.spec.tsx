// @vitest-environment jsdom
import { afterEach, describe, expect, it, vi } from 'vitest';
import { dagRowView } from '../model/selectors';
import { INITIAL_STATE } from '../model/state';
import type { DagRow } from '../model/wire';
import { T1, english, makeRow, makeRun } from '../testing/builders';
import { render, type Rendered } from '../testing/render';
import type { DagActions } from './actions';
import { DagList, type DagListProps } from './DagList';

let shown: Rendered | null = null;

afterEach(() => {
  shown?.unmount();
  shown = null;
});

function fakeActions(): DagActions {
  return {
    open: vi.fn(),
    setPaused: vi.fn(),
    trigger: vi.fn(),
    refresh: vi.fn(),
    showMenu: vi.fn(),
    zoomInto: vi.fn(),
    showTaskMenu: vi.fn(),
    openNotebook: vi.fn(),
    openFile: vi.fn()
  };
}

function listProps(rows: readonly DagRow[], part: Partial<DagListProps> = {}): DagListProps {
  const state = { ...INITIAL_STATE, dags: new Map(rows.map(row => [row.dag_id, row])) };
  return {
    table: { load: { status: 'ready' }, order: [], total: rows.length, hiddenPaused: 0 },
    rows: rows.flatMap(row => dagRowView(state, row.dag_id) ?? []),
    filter: INITIAL_STATE.filter,
    searchText: '',
    importErrors: [],
    now: Date.parse(T1),
    trans: english,
    may: () => true,
    actions: fakeActions(),
    onFilter: vi.fn(),
    onSearch: vi.fn(),
    onRetry: vi.fn(),
    ...part
  };
}

describe('the list of DAGs', () => {
  it('shows toggle, schedule, owner, counters and last run of each DAG (S067, S069 to S073)', () => {
    const row = makeRow({
      last_run: makeRun({ state: 'failed' }),
      recent_tasks: { success: 3, running: 1 },
      run_counts: { failed: 2 }
    });
    const props = listProps([row]);
    shown = render(<DagList {...props} />);
    const text = shown.find('[data-dag-id="etl"]').textContent;
    expect(text).toContain('0 12 * * *');
    expect(text).toContain('data');
    const circle = shown.find('[data-couture="task-counters"] [data-state="success"]');
    expect(circle.textContent).toContain('3');
    expect(shown.find('[data-couture="run-counters"] [data-state="failed"]').title).toBe(
      'failed: 2'
    );
    expect(shown.find('[data-couture="last-run"]').title).toContain('2026-01-31 12:00:00 UTC');
    const headers = [...shown.host.querySelectorAll('[role="columnheader"]')];
    expect(headers.map(header => header.textContent)).toEqual([
      'On',
      'DAG',
      'Schedule',
      'Owner',
      'Recent Tasks',
      'Last Run',
      'DAG Runs',
      'Links'
    ]);
    expect(headers.every(header => header.getAttribute('title'))).toBe(true);
    expect(shown.host.textContent).toContain('Showing 1 to 1 of 1 entries');
    shown.click('[role="switch"]');
    expect(props.actions.setPaused).toHaveBeenCalledWith('etl', true);
  });

  it('says None for a DAG without a schedule (S073)', () => {
    shown = render(<DagList {...listProps([makeRow({ schedule: null })])} />);
    expect(shown.find('.couture-DagRow-schedule code').textContent).toBe('None');
  });

  it('triggers on click, and asks for configuration with Shift (S068)', () => {
    const props = listProps([makeRow()]);
    shown = render(<DagList {...props} />);
    shown.click('[data-couture="trigger"]');
    shown.click('[data-couture="trigger"]', { shiftKey: true });
    expect(vi.mocked(props.actions.trigger).mock.calls).toEqual([
      ['etl', false],
      ['etl', true]
    ]);
  });

  it('hides paused DAGs with a link that shows them (S066)', () => {
    const table = { load: { status: 'ready' }, order: [], total: 0, hiddenPaused: 4 } as const;
    const props = listProps([], { table });
    shown = render(<DagList {...props} />);
    expect(shown.find('[data-couture="show-paused"]').textContent).toBe('Show paused DAGs (4)');
    shown.click('[data-couture="show-paused"]');
    expect(props.onFilter).toHaveBeenCalledWith({ showPaused: true });
    const filter = { ...INITIAL_STATE.filter, showPaused: true };
    shown.rerender(<DagList {...props} filter={filter} />);
    expect(shown.find('[data-couture="show-paused"]').textContent).toBe('Hide paused DAGs');
  });

  it('shows import errors with file and line, and opens them (S174)', () => {
    const importErrors = [{ file: '/dags/bad.py', line: 12, message: 'SyntaxError: bad', at: T1 }];
    const props = listProps([makeRow()], { importErrors });
    shown = render(<DagList {...props} />);
    expect(shown.find('[data-couture="import-errors"]').textContent).toContain('bad.py:12');
    shown.click('[data-couture="import-errors"] button');
    expect(props.actions.openFile).toHaveBeenCalledWith('/dags/bad.py', 12);
  });

  it('says what is wrong and offers to retry', () => {
    const problem = { kind: 'offline', message: 'No answer', hint: 'Start it' } as const;
    const table = { ...INITIAL_STATE.table, load: { status: 'failed', problem } as const };
    const props = listProps([], { table });
    shown = render(<DagList {...props} />);
    const notice = shown.find('[data-couture="notice-error"]');
    expect(notice.textContent).toContain('No answer');
    shown.click('[data-couture="notice-error"] button');
    expect(props.onRetry).toHaveBeenCalled();
  });

  it('says what to do where there is nothing', () => {
    shown = render(<DagList {...listProps([])} />);
    expect(shown.find('[data-couture="notice-empty"]').textContent).toContain('DAGs folder');
    shown.rerender(
      <DagList {...listProps([], { filter: { ...INITIAL_STATE.filter, search: 'x' } })} />
    );
    expect(shown.find('[data-couture="notice-empty"]').textContent).toContain('No DAG matches');
  });
});
