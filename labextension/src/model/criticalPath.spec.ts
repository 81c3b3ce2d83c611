import { describe, expect, it } from 'vitest';
import { graphOf, makeKnownTask } from '../testing/builders';
import { criticalPath } from './criticalPath';
import { neighbours } from './selectors';
import type { KnownTask } from './state';

const START = Date.parse('2026-01-31T12:00:00+00:00');

function at(seconds: number): string {
  return new Date(START + 1000 * seconds).toISOString();
}

function task(taskId: string, from: number, to: number, mapIndex = -1): KnownTask {
  return makeKnownTask({
    task_id: taskId,
    map_index: mapIndex,
    state: 'success',
    started_at: at(from),
    ended_at: at(to)
  });
}

function pathOf(
  edges: readonly (readonly [string, string])[],
  tasks: readonly KnownTask[],
  runStarted: string | null = at(0)
) {
  const ids = [...new Set(edges.flat())];
  return criticalPath(neighbours(graphOf(ids, edges)), tasks, runStarted);
}

const DIAMOND = [
  ['a', 'b'],
  ['a', 'c'],
  ['b', 'd'],
  ['c', 'd']
] as const;

describe('the critical path', () => {
  it('goes through the slower branch and adds up to the length of the run', () => {
    const path = pathOf(DIAMOND, [
      task('a', 1, 3),
      task('b', 3, 4),
      task('c', 3.5, 9),
      task('d', 9.25, 10)
    ]);
    expect(path?.steps).toEqual([
      { taskId: 'a', waitSeconds: 1, runSeconds: 2 },
      { taskId: 'c', waitSeconds: 0.5, runSeconds: 5.5 },
      { taskId: 'd', waitSeconds: 0.25, runSeconds: 0.75 }
    ]);
    expect(path?.totalSeconds).toBe(10);
    expect(path?.waitSeconds).toBe(1.75);
  });

  it('counts the waiting of a task that ran shortly but started late', () => {
    const path = pathOf(DIAMOND, [
      task('a', 0, 1),
      task('b', 1, 6),
      task('c', 8, 8.5),
      task('d', 9, 10)
    ]);
    expect(path?.steps.map(step => step.taskId)).toEqual(['a', 'c', 'd']);
    expect(path?.steps[1]).toEqual({ taskId: 'c', waitSeconds: 7, runSeconds: 0.5 });
  });

  it('ends at the task that ended last, wherever it lies', () => {
    const path = pathOf(
      [
        ['a', 'b'],
        ['a', 'long']
      ],
      [task('a', 0, 1), task('b', 1, 2), task('long', 1, 20)]
    );
    expect(path?.steps.map(step => step.taskId)).toEqual(['a', 'long']);
    expect(path?.totalSeconds).toBe(20);
  });

  it('passes through tasks without times, and takes the last instance of a mapped one', () => {
    const path = pathOf(
      [
        ['a', 'skipped'],
        ['skipped', 'many']
      ],
      [
        task('a', 0, 2),
        makeKnownTask({ task_id: 'skipped', state: 'skipped' }),
        task('many', 2, 5, 0),
        task('many', 3, 8, 1),
        task('many', 2, 6, 2)
      ]
    );
    expect(path?.steps).toEqual([
      { taskId: 'a', waitSeconds: 0, runSeconds: 2 },
      { taskId: 'many', waitSeconds: 1, runSeconds: 5 }
    ]);
  });

  it('counts no time twice where a task ran again after one that waited for it', () => {
    const path = pathOf([['a', 'b']], [task('a', 6, 9), task('b', 2, 10)]);
    expect(path?.steps[1]).toEqual({ taskId: 'b', waitSeconds: 0, runSeconds: 1 });
    expect(path?.totalSeconds).toBe(10);
  });

  it('is none while nothing has ended, and ends on a cycle', () => {
    expect(pathOf([['a', 'b']], [makeKnownTask({ task_id: 'a', started_at: at(0) })])).toBeNull();
    const cycle = pathOf(
      [
        ['a', 'b'],
        ['b', 'a']
      ],
      [task('a', 0, 1), task('b', 1, 2)],
      null
    );
    expect(cycle?.steps.map(step => step.taskId)).toEqual(['a', 'b']);
  });
});
