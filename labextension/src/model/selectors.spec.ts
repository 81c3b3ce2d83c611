import { describe, expect, it } from 'vitest';
import { makeGraph, makeKnownTask, makeRow, makeRun } from '../testing/builders';
import { reduce } from './reducer';
import {
  countStates,
  dagRowView,
  mappedInstances,
  neighbours,
  runProgress,
  statusSummary,
  tasksByNode
} from './selectors';
import { chooseShown } from './shownRun';
import { INITIAL_STATE, type KnownTask } from './state';

function tasks(...list: readonly KnownTask[]): ReadonlyMap<string, KnownTask> {
  return new Map(list.map((task, index) => [String(index), task]));
}

describe('selectors', () => {
  it('count the tasks of each state, remembered for the same map', () => {
    const map = tasks(makeKnownTask({ state: 'success' }), makeKnownTask({ state: 'success' }));
    expect(countStates(map)).toEqual({ success: 2 });
    expect(countStates(map)).toBe(countStates(map));
  });

  it('show the worst of the mapped instances of a task', () => {
    const map = tasks(
      makeKnownTask({ map_index: 0, state: 'success' }),
      makeKnownTask({ map_index: 1, state: 'failed' }),
      makeKnownTask({ map_index: 2, state: 'running' })
    );
    const shown = tasksByNode(map).get('extract');
    expect(shown?.state).toBe('failed');
    expect(shown?.instances).toEqual({ done: 2, total: 3 });
    expect(mappedInstances(map, 'extract').map(task => task.map_index)).toEqual([0, 1, 2]);
  });

  it('know the neighbours of every task', () => {
    const { up, down } = neighbours(makeGraph());
    expect(down.get('extract')).toEqual(['clean', 'check']);
    expect(up.get('load')).toEqual(['clean', 'check']);
    expect(up.get('extract')).toEqual([]);
  });

  it('count skipped and failed tasks as done', () => {
    expect(runProgress({ success: 2, skipped: 1, running: 1 })).toEqual({ done: 3, total: 4 });
  });

  it('lay a wish over the row, and keep the view while nothing changes', () => {
    const shown = reduce(INITIAL_STATE, { type: 'dag.loaded', row: makeRow() });
    expect(dagRowView(shown, 'etl')).toBe(dagRowView(shown, 'etl'));
    const asked = reduce(shown, { type: 'change', dagId: 'etl', change: { paused: true } });
    expect(dagRowView(asked, 'etl')).toMatchObject({ isPaused: true, isBusy: true });
  });

  it('say the most urgent thing in the status bar', () => {
    const live = { ...INITIAL_STATE, connection: { status: 'live' } as const };
    const overview = {
      running_tasks: 3,
      queued_tasks: 1,
      running_runs: 1,
      failed_runs_24h: 0,
      import_errors: 0,
      feed_seq: 1
    };
    expect(statusSummary(INITIAL_STATE).kind).toBe('connecting');
    expect(statusSummary({ ...live, engine: 'down' }).kind).toBe('engine-down');
    expect(statusSummary({ ...live, engine: 'leading', overview })).toEqual({
      kind: 'running',
      running: 3,
      queued: 1
    });
    const broken = { status: 'disconnected', since: 0, retryAt: null } as const;
    expect(statusSummary({ ...live, engine: 'down', connection: broken }).kind).toBe('offline');
  });
});

describe('the shown run', () => {
  const run = { ...makeRun({ state: 'success', version: 'v1' }), seq: 1 };
  const latest = { kind: 'latest' } as const;

  it('is the newest one', () => {
    expect(chooseShown(latest, makeRow(), [run])).toMatchObject({
      run,
      version: 'v1',
      note: 'none'
    });
  });

  it('gives way to a new version of the DAG once it is over', () => {
    const row = makeRow({ version: 'v2' });
    expect(chooseShown(latest, row, [run])).toMatchObject({ run: null, version: 'v2' });
    const active = { ...run, state: 'running' as const };
    expect(chooseShown(latest, row, [active])).toMatchObject({
      run: active,
      version: 'v1',
      note: 'newer-version'
    });
  });

  it('may be chosen, and may be unknown', () => {
    expect(chooseShown({ kind: 'run', runId: 'run-1' }, makeRow(), [run]).run).toBe(run);
    expect(chooseShown({ kind: 'run', runId: 'other' }, makeRow(), [run]).note).toBe('run-unknown');
  });
});
