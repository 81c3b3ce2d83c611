// @vitest-environment jsdom
import { afterEach, describe, expect, it, vi } from 'vitest';
import { T1, makeRow, makeRun } from '../testing/builders';
import { listProps, tableOf } from '../testing/dagListProps';
import { render, type Rendered } from '../testing/render';
import { DagList } from './DagList';

let shown: Rendered | null = null;

afterEach(() => {
  shown?.unmount();
  shown = null;
});

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
      'Details',
      'On',
      'DAG',
      'Schedule',
      'Owner',
      'Recent Tasks',
      'Last Run',
      'Next Run',
      'DAG Runs',
      'Links'
    ]);
    expect(headers.every(header => header.getAttribute('title'))).toBe(true);
    expect(shown.host.textContent).toContain('Showing 1 to 1 of 1 entries');
    shown.click('[role="switch"]');
    expect(props.actions.setPaused).toHaveBeenCalledWith('etl', true);
  });

  it('says None for a DAG without a schedule (S073)', () => {
    shown = render(
      <DagList {...listProps([makeRow({ schedule: null, schedule_label: 'None' })])} />
    );
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
    const table = tableOf({ hiddenPaused: 4 });
    const props = listProps([], { table });
    shown = render(<DagList {...props} />);
    expect(shown.find('[data-couture="show-paused"]').textContent).toBe('Show Paused DAGs (4)');
    shown.click('[data-couture="show-paused"]');
    expect(props.onFilter).toHaveBeenCalledWith({ showPaused: true });
    shown.rerender(<DagList {...props} table={tableOf({}, { showPaused: true })} />);
    expect(shown.find('[data-couture="show-paused"]').textContent).toBe('Hide Paused DAGs');
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
    const table = tableOf({ load: { status: 'failed', problem } });
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
    shown.rerender(<DagList {...listProps([], { table: tableOf({}, { search: 'x' }) })} />);
    expect(shown.find('[data-couture="notice-empty"]').textContent).toContain('No DAG matches');
  });
});
