import { describe, expect, it, vi } from 'vitest';
import type { CoutureApi } from '../api/rest';
import { emptyQuery } from '../model/browse/query';
import { english, makeRun } from '../testing/builders';
import { exportCsv, MOST_ROWS } from './exportCsv';

/** A server with so many runs; `moved` of them slip to the next page between two requests. */
function server(count: number, moved = 0): { api: CoutureApi; get: ReturnType<typeof vi.fn> } {
  let asked = 0;
  const get = vi.fn(
    (_route: string, query: { offset: number; limit: number }, signal?: AbortSignal) => {
      if (signal?.aborted) {
        return Promise.reject(new DOMException('given up', 'AbortError'));
      }
      const from = query.offset - moved * asked++;
      const size = Math.max(0, Math.min(query.limit, count - from));
      const runs = Array.from({ length: size }, (_, at) => makeRun({ run_id: `r${from + at}` }));
      return Promise.resolve({ runs, total: Math.min(count, 10_000), has_more: count > 10_000 });
    }
  );
  return { api: { get } as unknown as CoutureApi, get };
}

const options = (signal: AbortSignal, onProgress = vi.fn()) => ({
  trans: english,
  signal,
  onProgress
});

describe('a file of all rows', () => {
  it('has a header and every row of every page', async () => {
    const { api, get } = server(2345);
    const onProgress = vi.fn();
    const query = { ...emptyQuery('runs'), filters: { state: 'failed' }, offset: 300 };
    const done = await exportCsv(api, query, options(new AbortController().signal, onProgress));
    const lines = done.parts.join('').trimEnd().split('\r\n');
    expect(lines[0]).toContain('State,Dag Id,Execution Date,Run Id,External Trigger');
    expect(lines).toHaveLength(2346);
    expect([done.rows, done.isCut]).toEqual([2345, false]);
    expect(get.mock.calls.map(([, given]) => [given.offset, given.limit, given.state])).toEqual([
      [0, 1000, 'failed'],
      [1000, 1000, 'failed'],
      [2000, 1000, 'failed']
    ]);
    expect(onProgress.mock.calls.flat()).toEqual([1000, 2000, 2345]);
  });

  it('has no column that only leads somewhere', async () => {
    const api = { get: () => Promise.resolve({ tasks: [], total: 0, has_more: false }) };
    const done = await exportCsv(
      api as unknown as CoutureApi,
      emptyQuery('tasks'),
      options(new AbortController().signal)
    );
    expect(done.parts.join('')).toContain(',Tries,Map Index,Operator,');
  });

  it('has a row once that slipped to the next page meanwhile', async () => {
    const { api } = server(1500, 10);
    const { rows, parts } = await exportCsv(
      api,
      emptyQuery('runs'),
      options(new AbortController().signal)
    );
    expect(rows).toBe(1500);
    expect(new Set(parts.join('').split('\r\n')).size).toBe(1502);
  });

  it('ends at 100,000 rows and says so', async () => {
    const { api } = server(MOST_ROWS + 5);
    const { rows, isCut } = await exportCsv(
      api,
      emptyQuery('runs'),
      options(new AbortController().signal)
    );
    expect([rows, isCut]).toEqual([MOST_ROWS, true]);
  });

  it('is given up when that is wanted', async () => {
    const { api } = server(5000);
    const control = new AbortController();
    const onProgress = vi.fn(() => control.abort());
    await expect(
      exportCsv(api, emptyQuery('runs'), options(control.signal, onProgress))
    ).rejects.toMatchObject({ name: 'AbortError' });
    expect(onProgress).toHaveBeenCalledTimes(1);
  });
});
