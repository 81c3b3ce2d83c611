import { describe, expect, it } from 'vitest';
import { T0, T1, english, runEvent, taskEvent } from '../testing/builders';
import { applyGridEvents, countGrid, readGrid, withFreshRuns } from './grid';
import { cellCode, cellOf, describeCell } from './gridCells';
import type { TreeRow } from './tree';
import { keyMove } from './treeCursor';
import { TASK_STATES, type StreamEvent } from './wire';
import type { WireGrid, WireGridRun } from './wireGrid';

const STATES = ['failed', 'none', 'success', 'running'] as const;

function wireRun(part: Partial<WireGridRun> = {}): WireGridRun {
  return {
    run_id: 'run-1',
    run_type: 'manual',
    state: 'running',
    version: 'v1',
    logical_date: T0,
    queued_at: T0,
    started_at: T0,
    ended_at: null,
    states: [2, 3, -1],
    tries: [1, 2, 0],
    starts: [0, 1.5, null],
    ends: [1, null, null],
    mapped: {},
    ...part
  };
}

function wireGrid(runs: readonly WireGridRun[], feedSeq = 10): WireGrid {
  return {
    dag_id: 'etl',
    version: 'v1',
    states: STATES,
    tasks: ['extract', 'load', 'old'],
    task_count: 2,
    runs,
    has_more: false,
    feed_seq: feedSeq
  };
}

function rowOf(taskIds: readonly string[]): TreeRow {
  return {
    key: taskIds.join(),
    kind: taskIds.length === 1 ? 'task' : 'group',
    id: taskIds[0] ?? '',
    label: taskIds.join('+'),
    node: null,
    taskIds,
    depth: 0,
    parent: -1,
    hasChildren: false,
    isOpen: false,
    isRepeat: false,
    position: 1,
    setSize: 1
  };
}

const states = (codes: readonly number[] | undefined): readonly (string | null)[] =>
  (codes ?? []).map(code => TASK_STATES[code] ?? null);

describe('the grid of runs and tasks', () => {
  const grid = readGrid(wireGrid([wireRun(), wireRun({ run_id: 'run-2', states: [0, 1, -1] })]));

  it('reads the states by the words of the answer, not by their numbers here', () => {
    expect(states(grid.runs[0]?.codes)).toEqual(['success', 'running', null]);
    expect(states(grid.runs[1]?.codes)).toEqual(['failed', 'none', null]);
    expect(countGrid(grid)).toEqual({ success: 1, running: 1, failed: 1, none: 1 });
  });

  it('follows the events of its runs and replaces only what they touch', () => {
    const events = [
      taskEvent(11, 'load', 'success', { try_number: 3, started_at: T0, ended_at: T1 }),
      runEvent(12, { state: 'success', ended_at: T1 })
    ];
    const { grid: next, staleRuns, isOutgrown } = applyGridEvents(grid, 'etl', events);
    const [run, other] = next.runs;
    expect(states(run?.codes)).toEqual(['success', 'success', null]);
    expect(run).toMatchObject({ tries: [1, 3, 0], starts: [0, 0, null], ends: [1, 5, null] });
    expect(run).toMatchObject({ state: 'success', endedAt: T1, seq: 12 });
    expect(other).toBe(grid.runs[1]);
    expect([staleRuns.size, isOutgrown]).toEqual([0, false]);
  });

  it('passes over what it has already and what is about others', () => {
    const old = taskEvent(10, 'load', 'failed');
    const others = { ...taskEvent(20, 'load', 'failed'), dag_id: 'other' } as StreamEvent;
    expect(applyGridEvents(grid, 'etl', [old, others]).grid).toBe(grid);
  });

  it('knows what only the server can tell', () => {
    const mapped = taskEvent(11, 'load', 'success', { map_index: 2 });
    expect([...applyGridEvents(grid, 'etl', [mapped]).staleRuns]).toEqual(['run-1']);
    const newRun = runEvent(11, { run_id: 'run-3' });
    expect(applyGridEvents(grid, 'etl', [newRun]).isOutgrown).toBe(true);
    const newTask = taskEvent(11, 'fresh', 'running');
    expect(applyGridEvents(grid, 'etl', [newTask]).isOutgrown).toBe(true);
    const newVersion = runEvent(11, { version: 'v2' });
    expect(applyGridEvents(grid, 'etl', [newVersion]).isOutgrown).toBe(true);
  });

  it('lets a run go that was deleted', () => {
    const gone = { ...runEvent(11), kind: 'run.removed', data: {} } as StreamEvent;
    const left = applyGridEvents(grid, 'etl', [gone]).grid.runs.map(run => run.runId);
    expect(left).toEqual(['run-2']);
  });

  it('takes fresh columns of single runs, whatever the order of their tasks', () => {
    const fresh = readGrid({
      ...wireGrid([wireRun({ states: [0, 2], tries: [4, 5], starts: [1, 2], ends: [3, 4] })], 20),
      tasks: ['load', 'extract']
    });
    const next = withFreshRuns(grid, fresh);
    expect(states(next?.runs[0]?.codes)).toEqual(['success', 'failed', null]);
    expect(next?.runs[0]?.tries).toEqual([5, 4, 0]);
    expect(next?.runs[1]).toBe(grid.runs[1]);
    expect(withFreshRuns(grid, readGrid(wireGrid([wireRun()], 9)))?.runs[0]).toBe(grid.runs[0]);
    expect(withFreshRuns(grid, { ...fresh, version: 'v2' })).toBeNull();
  });

  it('shows the worst of a group, and says what a square is', () => {
    const [run] = grid.runs;
    if (!run) {
      throw new Error('no run');
    }
    const group = rowOf(['extract', 'load']);
    expect(TASK_STATES[cellCode(grid, run, group)]).toBe('running');
    expect(cellOf(grid, run, group)?.counts).toEqual({ success: 1, running: 1 });
    expect(cellOf(grid, run, rowOf(['old']))).toBeNull();
    const now = Date.parse(T0) + 5000;
    expect(describeCell(grid, run, rowOf(['load']), now, english)).toBe(
      'load, 2026-01-31 12:00:00 UTC, running, try 2, 3.50 s'
    );
    expect(describeCell(grid, run, rowOf(['old']), now, english)).toContain('not in this run');
  });
});

describe('the keyboard in the tree', () => {
  const folded = { ...rowOf(['a']), hasChildren: true };
  const rows = [{ ...folded, isOpen: true }, { ...rowOf(['b']), parent: 0 }, folded];
  const press = (key: string, row: number, column: number, isControl = false) =>
    keyMove(key, isControl, { row, column }, rows, 4, 2);
  const to = (row: number, column: number) => ({ type: 'move', to: { row, column } });

  it('moves over squares, names and runs, and stops at the edges', () => {
    expect(press('ArrowDown', 0, 2)).toEqual(to(1, 2));
    expect(press('ArrowDown', 2, 2)).toEqual(to(2, 2));
    expect(press('ArrowUp', 0, 2)).toEqual(to(-1, 2));
    expect(press('ArrowUp', 0, -1)).toEqual(to(0, -1));
    expect(press('ArrowRight', 0, 3)).toEqual(to(0, 3));
    expect(press('ArrowLeft', 1, 0)).toEqual(to(1, -1));
    expect(press('ArrowLeft', -1, 0)).toEqual(to(-1, 0));
    expect(press('Home', 1, 3)).toEqual(to(1, -1));
    expect(press('End', 1, 0)).toEqual(to(1, 3));
    expect(press('End', 0, 1, true)).toEqual(to(2, 1));
    expect(press('PageUp', 2, 1)).toEqual(to(0, 1));
  });

  it('folds and unfolds on names, and leads from there to the task above and to the squares', () => {
    expect(press('ArrowLeft', 0, -1)).toEqual({ type: 'toggle', row: 0 });
    expect(press('ArrowRight', 0, -1)).toEqual(to(0, 0));
    expect(press('ArrowRight', 2, -1)).toEqual({ type: 'toggle', row: 2 });
    expect(press('ArrowLeft', 1, -1)).toEqual(to(0, -1));
    expect(press('ArrowLeft', 2, -1)).toBeNull();
    expect(press('Enter', 1, 2)).toEqual({ type: 'choose', at: { row: 1, column: 2 } });
    expect(press('x', 1, 2)).toBeNull();
  });
});
