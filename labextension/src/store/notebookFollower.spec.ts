// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { errorFromNetwork } from '../api/errors';
import type { CoutureApi, Query } from '../api/rest';
import type { NotebookCell, NotebookPart } from '../model/wireNotebook';
import { NotebookFollower } from './notebookFollower';

const REF = { dagId: 'etl', runId: 'run-1', taskId: 'report', mapIndex: -1, tryNumber: 1 };

function cell(number: number, state: NotebookCell['state'], text = ''): NotebookCell {
  return {
    number,
    source: `step_${number}()`,
    is_source_cut: false,
    state,
    started_at: null,
    ended_at: null,
    outputs: text === '' ? [] : [{ output_type: 'stream', name: 'stdout', text }],
    outputs_left_out: 0,
    bytes_left_out: 0
  };
}

function part(revision: number, cells: readonly NotebookCell[], more = {}): NotebookPart {
  const rest = { path: 'out.ipynb', size_bytes: 10, is_too_large: false, complete: false };
  return { revision, total: 2, cells, ...rest, ...more };
}

/** A server that answers one question at a time, when it is told to. */
class SlowServer implements Pick<CoutureApi, 'get'> {
  readonly asked: Query[] = [];
  private settle: { yes: (value: never) => void; no: (error: unknown) => void } | null = null;

  get<T>(_route: string, query: Query = {}, signal?: AbortSignal): Promise<T> {
    this.asked.push(query);
    return new Promise<T>((yes, no) => {
      this.settle = { yes, no };
      signal?.addEventListener('abort', () => no(new DOMException('over', 'AbortError')));
    });
  }

  async answer(value: NotebookPart): Promise<void> {
    this.settle?.yes(value as never);
    await vi.advanceTimersByTimeAsync(300);
  }

  async fail(): Promise<void> {
    this.settle?.no(errorFromNetwork());
    await vi.advanceTimersByTimeAsync(0);
  }
}

let server: SlowServer;
let follower: NotebookFollower;

beforeEach(() => {
  vi.useFakeTimers();
  server = new SlowServer();
  follower = new NotebookFollower(server, REF);
});

afterEach(() => {
  follower.dispose();
  vi.useRealTimers();
});

describe('a followed notebook', () => {
  it('is read at once and then waited for, and only changed cells are replaced', async () => {
    follower.resume();
    await server.answer(part(5, [cell(1, 'running'), cell(2, 'pending')]));
    const before = follower.getState().notebook;
    await server.answer(part(8, [cell(1, 'success', 'done')]));
    const { notebook, status } = follower.getState();
    expect(server.asked.map(({ since, wait }) => [since, Number(wait) > 0])).toEqual([
      [0, false],
      [5, true],
      [8, true]
    ]);
    expect(notebook.cells.map(({ state }) => state)).toEqual(['success', 'pending']);
    expect(notebook.cells[1]).toBe(before.cells[1]);
    expect(status).toBe('following');
  });

  it('is asked for no more when it is complete', async () => {
    follower.resume();
    await server.answer(part(5, [cell(1, 'success')], { complete: true }));
    follower.resume();
    expect(follower.getState().status).toBe('complete');
    expect(server.asked).toHaveLength(1);
  });

  it('that is written anew with fewer cells has no more than those', async () => {
    follower.resume();
    await server.answer(part(5, [cell(1, 'running'), cell(2, 'pending')]));
    await server.answer(part(9, [cell(1, 'pending')], { total: 1 }));
    expect(follower.getState().notebook.cells.map(({ number }) => number)).toEqual([1]);
  });

  it('rests while nobody looks, and goes on from where it was', async () => {
    follower.resume();
    await server.answer(part(5, [cell(1, 'running'), cell(2, 'pending')]));
    follower.rest();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(server.asked).toHaveLength(2);
    expect(follower.getState().problem).toBeNull();
    follower.resume();
    expect(server.asked[2]?.['since']).toBe(5);
  });

  it('keeps its cells while the server is away, says so, and is read again', async () => {
    follower.resume();
    await server.answer(part(5, [cell(1, 'running'), cell(2, 'pending')]));
    await server.fail();
    expect(follower.getState()).toMatchObject({ status: 'failed', problem: { kind: 'offline' } });
    expect(follower.getState().notebook.cells).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(2000);
    await server.answer(part(6, [cell(1, 'success')]));
    expect(follower.getState()).toMatchObject({ status: 'following', problem: null });
  });
});
