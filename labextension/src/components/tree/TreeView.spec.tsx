// @vitest-environment jsdom
import { act } from 'react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readGrid } from '../../model/grid';
import { INITIAL_TREE } from '../../model/treeSettings';
import { T0, T1, english, graphOf } from '../../testing/builders';
import { render, type Rendered } from '../../testing/render';
import { dateTicks } from './RunBars';
import { TreeView, type TreeViewProps } from './TreeView';

let shown: Rendered | null = null;

beforeEach(() => {
  // jsdom has no canvas; what is painted is tested in a browser.
  vi.spyOn(HTMLCanvasElement.prototype, 'getContext').mockReturnValue(null);
});

afterEach(() => {
  shown?.unmount();
  shown = null;
  vi.restoreAllMocks();
});

const run = {
  run_id: 'run-1',
  run_type: 'manual',
  state: 'success',
  version: 'v1',
  logical_date: T0,
  queued_at: T0,
  started_at: T0,
  ended_at: T1,
  states: [4, 4],
  tries: [1, 1],
  starts: [0, 1],
  ends: [1, 5],
  mapped: {}
} as const;
const states = ['none', 'scheduled', 'queued', 'running', 'success'] as const;
const wire = {
  dag_id: 'etl',
  version: 'v1',
  states,
  tasks: ['extract', 'load'],
  task_count: 2,
  runs: [run, { ...run, run_id: 'run-2', logical_date: '2026-02-01T12:00:00+00:00' }],
  has_more: false,
  feed_seq: 3
} as const;

function treeProps(part: Partial<TreeViewProps> = {}): TreeViewProps {
  return {
    dagId: 'etl',
    grid: readGrid(wire),
    graph: graphOf(['extract', 'load'], [['extract', 'load']]),
    settings: INITIAL_TREE,
    selectedTask: null,
    selectedRun: null,
    highlight: null,
    now: Date.parse(T1),
    trans: english,
    onSettings: vi.fn(),
    onToggle: vi.fn(),
    onSelect: vi.fn(),
    onRun: vi.fn(),
    onMenu: vi.fn(),
    onHighlight: vi.fn(),
    onBackfill: null,
    onTrigger: null,
    ...part
  };
}

describe('the tree view', () => {
  it('is a tree grid: rows with levels, a bar for each run (S085)', () => {
    shown = render(<TreeView {...treeProps()} />);
    const grid = shown.find('[role="treegrid"]');
    expect(grid.getAttribute('aria-rowcount')).toBe('3');
    expect(grid.getAttribute('aria-colcount')).toBe('3');
    const load = shown.find('[data-task-id="load"]');
    expect(load.getAttribute('aria-level')).toBe('2');
    expect(shown.find('[data-task-id="extract"]').getAttribute('aria-expanded')).toBe('true');
    const bar = shown.find('[data-run-id="run-1"]');
    expect(bar.getAttribute('aria-label')).toBe('2026-01-31 12:00:00 UTC, manual, success, 5.00 s');
    expect(shown.host.querySelector('[data-couture="backfill"]')).toBeNull();
  });

  it('says where the keyboard is, opens with Enter and folds with Left', () => {
    const props = treeProps();
    shown = render(<TreeView {...props} />);
    const spoken = shown.find('[data-couture="tree-spoken"]');
    expect(spoken.textContent).toBe('');
    shown.press('[role="treegrid"]', 'ArrowDown');
    expect(spoken.textContent).toBe('load, 2026-02-01 12:00:00 UTC, success, 4.00 s');
    shown.press('[role="treegrid"]', 'Enter');
    expect(props.onSelect).toHaveBeenLastCalledWith('load', 'run-2');
    shown.press('[role="treegrid"]', 'Home');
    expect(spoken.textContent).toBe('load, level 2');
    shown.press('[role="treegrid"]', 'ArrowLeft');
    expect(spoken.textContent).toBe('extract, level 1, expanded');
    shown.press('[role="treegrid"]', 'ArrowLeft');
    const key = shown.find('[data-task-id="extract"]').id.replace(/^:\w+:/, '');
    expect(props.onToggle).toHaveBeenLastCalledWith(key);
    shown.press('[role="treegrid"]', 'ArrowUp');
    shown.press('[role="treegrid"]', 'ArrowRight');
    shown.press('[role="treegrid"]', 'ArrowUp');
    shown.press('[role="treegrid"]', 'Enter');
    expect(props.onRun).toHaveBeenLastCalledWith('run-1');
  });

  it('asks for other runs, another form, a backfill', () => {
    const onBackfill = vi.fn();
    const props = treeProps({ onBackfill });
    shown = render(<TreeView {...props} />);
    const select = shown.find('select[data-couture="run-number"]') as HTMLSelectElement;
    act(() => {
      select.value = '100';
      select.dispatchEvent(new Event('change', { bubbles: true }));
    });
    expect(props.onSettings).toHaveBeenLastCalledWith({ runs: 100 });
    shown.click('[data-couture="as-grid"]');
    expect(props.onSettings).toHaveBeenLastCalledWith({
      isCompact: true,
      folds: INITIAL_TREE.folds
    });
    shown.click('[data-couture="backfill"]');
    expect(onBackfill).toHaveBeenCalledOnce();
    shown.click('[data-run-id="run-2"]');
    expect(props.onRun).toHaveBeenLastCalledWith('run-2');
    shown.click('[data-task-id="load"] .couture-Tree-label');
    expect(props.onSelect).toHaveBeenLastCalledWith('load', null);
  });

  it('says what to do where there is no run', () => {
    const onTrigger = vi.fn();
    const empty = readGrid({ ...wire, runs: [] });
    shown = render(<TreeView {...treeProps({ grid: empty, onTrigger })} />);
    shown.click('.couture-Notice button');
    expect(onTrigger).toHaveBeenCalledOnce();
    const props = treeProps({ grid: empty, settings: { ...INITIAL_TREE, runState: 'failed' } });
    shown.rerender(<TreeView {...props} />);
    shown.click('.couture-Notice button');
    expect(props.onSettings).toHaveBeenCalledWith({ before: null, runType: null, runState: null });
  });

  it('dates the bars where the day changes, or by the time of one day', () => {
    const at = (...dates: readonly string[]) =>
      dateTicks(dates.map(logicalDate => ({ logicalDate })));
    const [one, two] = ['2026-01-31T10:00:00Z', '2026-02-01T10:00:00Z'];
    expect(at(one, one, one, two, two)).toEqual([
      [0, '01-31'],
      [3, '02-01']
    ]);
    expect(at(one, two)).toEqual([[0, '01-31']]);
    expect(at(one, '2026-01-31T11:30:00Z')).toEqual([[0, '10:00']]);
    expect(at()).toEqual([]);
  });
});
