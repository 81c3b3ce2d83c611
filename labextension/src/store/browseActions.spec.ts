import { describe, expect, it } from 'vitest';
import type { CoutureApi } from '../api/rest';
import type { BrowseAction } from '../model/browse/actions';
import type { Subject } from '../model/browse/page';
import type { OrderReply, Preview, Touched } from '../model/wireOrders';
import { english } from '../testing/builders';
import { act, lookAt } from './browseActions';

const CLEAR_RUNS: BrowseAction = { type: 'run', id: 'clear', needs: [] };
const FAIL_RUNS: BrowseAction = { type: 'run', id: 'set_failed', needs: [] };
const CLEAR_TASKS: BrowseAction = { type: 'task', id: 'clear', needs: [] };
const OPTIONS = { trans: english, signal: new AbortController().signal, onProgress: () => {} };

function done(part: Partial<OrderReply>): OrderReply {
  return { number: 1, is_done: true, touched: 0, notes: [], runs: [], ...part };
}

function run(dagId: string, runId: string): Subject {
  return { type: 'run', dagId, runId };
}

function task(taskId: string): Subject {
  return { type: 'task', dagId: 'etl', runId: 'r', taskId, mapIndex: -1 };
}

function touched(taskId: string): Touched {
  return { dag_id: 'etl', run_id: 'r', task_id: taskId, map_index: -1, state: 'success' };
}

/** A server that says of each task what clearing it touches, and takes orders down. */
class Server {
  readonly orders: unknown[] = [];
  readonly reach = new Map<string, readonly string[]>();

  constructor(readonly reply: OrderReply = done({ touched: 1 })) {}

  readonly api = {
    get: (route: string) => Promise.resolve(this.preview(route)),
    send: (method: string, route: string, body: unknown) => {
      this.orders.push([method, route, body]);
      return Promise.resolve(this.reply);
    }
  } as Pick<CoutureApi, 'get' | 'send' | 'tagged'>;

  private preview(route: string): Preview {
    const name = route.split('/').at(-2) ?? '';
    const names = this.reach.get(name) ?? [];
    return { touched: names.map(touched), total: names.length, token: names.join('+') };
  }
}

describe('an action on several runs', () => {
  it('tells of each run what came of it there, whatever others are called', async () => {
    const { api } = new Server(
      done({
        touched: 2,
        notes: ['There is no run daily-1 of DAG a any more.'],
        runs: [
          { dag_id: 'a', run_id: 'daily-1', touched: 0, notes: ['There is no run daily-1 …'] },
          { dag_id: 'b', run_id: 'daily-1', touched: 1, notes: [] },
          { dag_id: 'a', run_id: 'daily-10', touched: 1, notes: [] }
        ]
      })
    );
    const rows = [run('a', 'daily-1'), run('b', 'daily-1'), run('a', 'daily-10'), run('a', 'x')];
    const found = await act(api, FAIL_RUNS, rows, null, OPTIONS);
    expect(found.map(({ isDone, text }) => [isDone, text])).toEqual([
      [false, 'There is no run daily-1 …'],
      [true, 'done'],
      [true, 'done'],
      [true, 'nothing to do']
    ]);
  });

  it('is not done if it was given up in words that name no run', async () => {
    const notes = [
      'Nothing was done: attempts of the run are still being stopped; try again later.'
    ];
    const runs = [{ dag_id: 'a', run_id: 'r', touched: 0, notes }];
    const { api } = new Server(done({ notes, runs }));
    const [found] = await act(api, FAIL_RUNS, [run('a', 'r')], null, OPTIONS);
    expect(found).toMatchObject({ isDone: false, text: notes[0] });
  });
});

describe('clearing several runs', () => {
  it('says beforehand which tasks are touched, and holds each order to what was seen', async () => {
    const server = new Server();
    server.reach.set('r1', ['load', 'report']);
    const runs = [run('etl', 'r1'), run('etl', 'r2')];
    const look = await lookAt(server.api, CLEAR_RUNS, runs);
    const seen =
      look?.type === 'runs' ? [...look.previews].map(([name, { total }]) => [name, total]) : [];
    expect(seen).toEqual([
      ['etl · r1', 2],
      ['etl · r2', 0]
    ]);
    server.reach.set('r1', ['load', 'report', 'new']);
    const found = await act(server.api, CLEAR_RUNS, runs, look, OPTIONS);
    expect(server.orders).toEqual([
      [
        'POST',
        'dags/etl/runs/r1/clear',
        { only_failed: false, latest_version: false, expect: 'load+report' }
      ]
    ]);
    expect(found.map(({ text }) => text)).toEqual(['done', 'nothing to do']);
  });
});

describe('an action on several task instances', () => {
  it('says beforehand what goes with them, and holds each order to it', async () => {
    const server = new Server();
    server.reach.set('load', ['make', 'load']);
    const look = await lookAt(server.api, CLEAR_TASKS, [task('load')]);
    expect(look).toMatchObject({ type: 'tasks', others: [touched('make')] });
    await act(server.api, CLEAR_TASKS, [task('load')], look, OPTIONS);
    expect(server.orders).toEqual([
      ['POST', 'dags/etl/runs/r/tasks/load/clear', { expect: 'make+load' }]
    ]);
  });

  it('is not done where it would now touch more than was agreed to', async () => {
    const server = new Server();
    server.reach.set('load', ['load']).set('other', ['other']);
    const rows = [task('load'), task('other')];
    const look = await lookAt(server.api, CLEAR_TASKS, rows);
    server.reach.set('load', ['make', 'load']).set('other', []);
    const found = await act(server.api, CLEAR_TASKS, rows, look, OPTIONS);
    expect(found.map(({ isDone }) => isDone)).toEqual([false, true]);
    expect(found[0]?.text).toContain('make');
    expect(server.orders).toHaveLength(1);
  });
});
