// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiError, errorFromAnswer, problemOf } from '../api/errors';
import type { AttemptRef, CoutureApi } from '../api/rest';
import type { LogChunk } from '../model/wire';
import { FrameBatch } from './frame';
import { LogFollower } from './logFollower';
import { References } from './references';
import { createValue } from './store';
import { Throttle } from './throttle';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe('a value', () => {
  it('tells its listeners only of changes', () => {
    const value = createValue({ a: 1, b: 2 });
    const listener = vi.fn();
    const stop = value.subscribe(listener);
    value.dispatch({ a: 1 });
    expect(listener).not.toHaveBeenCalled();
    value.dispatch({ a: 3 });
    expect(value.getState()).toEqual({ a: 3, b: 2 });
    stop();
    value.dispatch({ a: 4 });
    expect(listener).toHaveBeenCalledTimes(1);
  });
});

describe('a frame batch', () => {
  it('flushes once for many pushes, also in a hidden tab', () => {
    vi.stubGlobal('requestAnimationFrame', () => 1);
    const flush = vi.fn();
    const batch = new FrameBatch<number>(flush);
    batch.push([1]);
    batch.push([2, 3]);
    vi.advanceTimersByTime(250);
    expect(flush.mock.calls).toEqual([[[1, 2, 3]]]);
    vi.unstubAllGlobals();
  });
});

describe('a throttle', () => {
  it('runs at once, then once an interval however often it is asked', async () => {
    const refresh = vi.fn(() => Promise.resolve());
    const throttle = new Throttle(refresh, 100);
    for (let round = 0; round < 5; round += 1) {
      throttle.request();
    }
    expect(refresh).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(100);
    expect(refresh).toHaveBeenCalledTimes(2);
    await vi.advanceTimersByTimeAsync(500);
    expect(refresh).toHaveBeenCalledTimes(2);
  });
});

describe('a throttle with a pause that depends', () => {
  it('rests by the time that the refresh took', async () => {
    vi.useFakeTimers();
    let runs = 0;
    const slow = async (): Promise<void> => {
      runs += 1;
      await new Promise(resolve => window.setTimeout(resolve, 40));
    };
    const throttle = new Throttle(slow, took => 10 * took);
    throttle.request();
    throttle.request();
    await vi.advanceTimersByTimeAsync(40 + 399);
    expect(runs).toBe(1);
    await vi.advanceTimersByTimeAsync(2);
    expect(runs).toBe(2);
    throttle.dispose();
    vi.useRealTimers();
  });
});

describe('references', () => {
  it('say when the last user has gone', () => {
    const unused = vi.fn();
    const references = new References<string>(unused);
    expect(references.acquire('a')).toBe(true);
    expect(references.acquire('a')).toBe(false);
    references.release('a');
    expect(unused).not.toHaveBeenCalled();
    references.release('a');
    references.release('a');
    expect(unused.mock.calls).toEqual([['a']]);
  });
});

describe('errors', () => {
  it('carry what the server says', () => {
    const body = JSON.stringify({
      error: {
        type: 'conflict',
        message: 'Run exists',
        hint: 'Choose another id',
        field: null,
        ids: {}
      }
    });
    expect(problemOf(errorFromAnswer(409, body))).toEqual({
      kind: 'conflict',
      message: 'Run exists',
      hint: 'Choose another id'
    });
  });

  it('tell a missing extension from a missing DAG', () => {
    expect(errorFromAnswer(404, '<html>').problem.kind).toBe('missing_extension');
    const body = JSON.stringify({ error: { type: 'not_found', message: 'x', hint: '' } });
    expect(errorFromAnswer(404, body).problem.kind).toBe('not_found');
    expect(errorFromAnswer(403, '{}').problem.kind).toBe('denied');
    expect(errorFromAnswer(503, '').problem.kind).toBe('unavailable');
  });
});

describe('a log follower', () => {
  const ref: AttemptRef = { dagId: 'etl', runId: 'r', taskId: 't', mapIndex: -1, tryNumber: 1 };
  type LogCall = Parameters<CoutureApi['log']>[1];

  function follow(answers: readonly (LogChunk | Error)[]) {
    const calls: LogCall[] = [];
    const log: CoutureApi['log'] = (_ref, query, signal) => {
      calls.push(query);
      const answer = answers[calls.length - 1];
      if (answer === undefined) {
        return new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(new DOMException('', 'AbortError')));
        });
      }
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    };
    return { follower: new LogFollower({ log }, ref), calls };
  }

  const part = (offset: number, text: string, complete = false): LogChunk => ({
    text,
    offset,
    next_offset: offset + text.length,
    size: offset + text.length,
    complete
  });

  it('reads the end, then waits for more until the log is complete', async () => {
    const { follower, calls } = follow([part(0, 'one\n'), part(4, 'two\n', true)]);
    await vi.advanceTimersByTimeAsync(0);
    expect(follower.getState()).toMatchObject({ status: 'complete', window: { end: 8 } });
    expect(calls[0]?.offset).toBeLessThan(0);
    expect(calls[1]).toMatchObject({ offset: 4, wait: 15 });
    expect(calls).toHaveLength(2);
    follower.dispose();
  });

  it('skips to the end of a log that grows faster than it is read', async () => {
    const late = { ...part(4, 'two\n'), size: 90_000_000 };
    const end = part(89_999_996, 'end\n', true);
    const { follower, calls } = follow([part(0, 'one\n'), late, end]);
    await vi.advanceTimersByTimeAsync(0);
    expect(calls[2]?.offset).toBeLessThan(0);
    expect(follower.getState()).toMatchObject({
      status: 'complete',
      window: { start: 89_999_996, size: 90_000_000 }
    });
    follower.dispose();
  });

  it('awaits a log that does not exist yet', async () => {
    const absent = errorFromAnswer(404, '{"error":{"type":"not_found","message":"no log"}}');
    const { follower } = follow([absent, part(0, 'here\n', true)]);
    await vi.advanceTimersByTimeAsync(0);
    expect(follower.getState().status).toBe('absent');
    await vi.advanceTimersByTimeAsync(1500);
    expect(follower.getState().status).toBe('complete');
  });

  it('shows a failure and tries again', async () => {
    const { follower } = follow([errorFromAnswer(500, ''), part(0, 'x\n', true)]);
    await vi.advanceTimersByTimeAsync(0);
    expect(follower.getState()).toMatchObject({ status: 'failed' });
    expect(follower.getState().problem).not.toBeNull();
    await vi.advanceTimersByTimeAsync(5000);
    expect(follower.getState()).toMatchObject({ status: 'complete', problem: null });
  });

  it('waits on the server for nothing while nobody looks, and goes on from there', async () => {
    const { follower, calls } = follow([part(0, 'one\n')]);
    await vi.advanceTimersByTimeAsync(0);
    expect(calls).toHaveLength(2);
    follower.rest();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(calls).toHaveLength(2);
    follower.resume();
    await vi.advanceTimersByTimeAsync(0);
    expect(calls[2]).toMatchObject({ offset: 4, wait: 15 });
    follower.dispose();
    follower.resume();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(calls).toHaveLength(3);
  });

  it('has nothing to go on with when the log is complete', async () => {
    const { follower, calls } = follow([part(0, 'one\n', true)]);
    await vi.advanceTimersByTimeAsync(0);
    follower.rest();
    follower.resume();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(calls).toHaveLength(1);
  });

  it('reads the part before its window', async () => {
    const { follower } = follow([part(4, 'two\n', true), part(0, 'one\n')]);
    await vi.advanceTimersByTimeAsync(0);
    await follower.earlier();
    expect(follower.getState().window).toMatchObject({ start: 0, end: 8 });
  });

  it('asks for nothing after it was disposed', async () => {
    const { follower, calls } = follow([part(0, 'one\n')]);
    follower.dispose();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(calls.length).toBe(1);
    expect(problemOf(new ApiError({ kind: 'offline', message: 'm', hint: '' }, 0, null)).kind).toBe(
      'offline'
    );
  });
});
