import { describe, expect, it } from 'vitest';
import { english, makeRun } from '../../testing/builders';
import { actionMeaning, actionsOf } from './actions';
import { cellText, exactTime } from './cells';
import {
  ADMIN_PAGES,
  MENU_PAGES,
  PAGE_EVENT,
  PAGE_IDS,
  PAGE_PERMISSION,
  pageName,
  pageTitle
} from './pageIds';
import { browsePage } from './pages';

function shownColumns(page: (typeof PAGE_IDS)[number]): string[] {
  return browsePage(page)
    .columns.filter(column => !column.isExtra)
    .map(column => column.label(english));
}

describe('the pages of the menus Browse and Admin', () => {
  it('are the five of the product and the assets (S124)', () => {
    expect(MENU_PAGES.map(page => pageName(page, english))).toEqual([
      'DAG Runs',
      'Jobs',
      'Audit Logs',
      'SLA Misses',
      'Task Instances',
      'Assets'
    ]);
    expect(pageTitle('audit', english)).toBe('List Log');
    expect(ADMIN_PAGES.map(page => pageName(page, english))).toEqual(['Variables']);
  });

  it('show how a task went before what it was made of', () => {
    expect(shownColumns('tasks').slice(0, 8)).toEqual([
      'State',
      'Dag Id',
      'Task Id',
      'Run Id',
      'Start Date',
      'Duration',
      'Tries',
      'Log'
    ]);
    expect(browsePage('tasks').columns.filter(column => column.isWay)).toHaveLength(1);
  });

  it('have the columns of the product (S125, S129)', () => {
    expect(shownColumns('runs').slice(0, 5)).toEqual([
      'State',
      'Dag Id',
      'Execution Date',
      'Run Id',
      'External Trigger'
    ]);
    expect(shownColumns('audit')).toEqual([
      'Id',
      'Dttm',
      'Dag Id',
      'Task Id',
      'Event',
      'Execution Date',
      'Owner',
      'Extra',
      'Source Ip'
    ]);
  });

  it('say of a job how it is in the words of their filter, not as if it were a task', () => {
    const job = { kind: 'worker', name: 'w1', host: 'node', pid: 1, dag_id: null, run_id: null };
    const read = (state: string) => {
      const [row] = browsePage('jobs').read({ jobs: [{ ...job, state }], total: 1 }).rows;
      const cell = row?.cells['state'];
      return cell?.type === 'condition' ? [cell.label(english), cellText(cell)] : cell;
    };
    expect(read('silent')).toEqual(['no sign of life', 'silent']);
    expect(read('starting')).toEqual(['starting', 'starting']);
  });

  it('have filters, a right and an event each (S132)', () => {
    for (const page of PAGE_IDS) {
      expect(browsePage(page).filters.length, page).toBeGreaterThan(0);
      expect(PAGE_PERMISSION[page]).toMatch(/\.read$/);
      expect(PAGE_EVENT[page]).toMatch(/^[a-z_]+$/);
    }
    expect(new Set(Object.values(PAGE_EVENT)).size).toBe(PAGE_IDS.length);
  });

  it('write every column of a run into a file (S126)', () => {
    const run = makeRun({ conf: { rows: 3 }, logical_date: '2026-01-31T12:00:00+00:00' });
    const { rows, total, hasMore } = browsePage('runs').read({
      runs: [run],
      total: 10_000,
      has_more: true
    });
    expect([total, hasMore]).toEqual([10_000, true]);
    const cells = rows[0]?.cells ?? {};
    expect(browsePage('runs').columns.map(({ id }) => cellText(cells[id]))).toEqual([
      'running',
      'etl',
      '2026-01-31T12:00:00.000000+00:00',
      'run-1',
      'True',
      'manual',
      '2026-01-31T12:00:00.000000+00:00',
      '2026-01-31T12:00:00.000000+00:00',
      '',
      '',
      'v1',
      '{"rows":3}'
    ]);
  });
});

describe('times', () => {
  it('have microseconds and an offset (S180)', () => {
    expect(exactTime('2019-10-15T14:55:55+00:00')).toBe('2019-10-15T14:55:55.000000+00:00');
    expect(exactTime('2019-10-15T14:55:55.1234+00:00')).toBe('2019-10-15T14:55:55.123400+00:00');
    expect(exactTime('yesterday')).toBe('yesterday');
  });
});

describe('actions on rows', () => {
  it('are those that the user has the right to (S127)', () => {
    const ids = (...held: string[]): string[] =>
      actionsOf('runs', permission => held.includes(permission)).map(({ id }) => id);
    expect(ids()).toEqual([]);
    expect(ids('tasks.edit')).toEqual(['set_running', 'set_success', 'set_failed', 'clear']);
    expect(ids('tasks.edit', 'runs.delete')).toContain('delete');
    expect(actionsOf('audit', () => true)).toEqual([]);
  });

  it('each say what they do', () => {
    for (const page of ['runs', 'tasks', 'variables'] as const) {
      const said = actionsOf(page, () => true).map(action => actionMeaning(action, english));
      expect(new Set(said).size).toBe(said.length);
    }
  });
});
