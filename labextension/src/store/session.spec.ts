// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ServerConnection } from '@jupyterlab/services';
import { CoutureApi } from '../api/rest';
import type { Socket } from '../api/stream';
import { runKey } from '../model/state';
import type { ServerMessage } from '../model/wire';
import { makeRow, makeRun, makeTask, runEvent, taskEvent } from '../testing/builders';
import { CoutureSession } from './session';

/** A server that answers what the test says, and remembers what it was asked. */
class FakeServer {
  readonly asked: string[] = [];
  readonly cursors: (number | null)[] = [];
  feedSeq = 5;
  isPaused = false;
  status = 200;
  private socket: Socket | null = null;

  readonly session = new CoutureSession(
    new CoutureApi(
      ServerConnection.makeSettings({
        baseUrl: 'http://localhost/',
        fetch: (input: RequestInfo | URL) => Promise.resolve(this.answer(input as Request)),
        WebSocket: vi.fn() as unknown as typeof WebSocket
      })
    ),
    {
      open: cursor => {
        this.cursors.push(cursor);
        this.socket = { onmessage: null, onclose: null, close: () => undefined };
        return this.socket;
      },
      now: () => Date.now(),
      after: (milliseconds, action) => window.setTimeout(action, milliseconds),
      cancel: timer => window.clearTimeout(timer),
      random: () => 0
    }
  );

  say(message: ServerMessage): void {
    const event = new MessageEvent('message', { data: JSON.stringify(message) });
    this.socket?.onmessage?.call(this.socket as WebSocket, event);
  }

  count(path: string): number {
    return this.asked.filter(asked => asked === path).length;
  }

  private answer(request: Request): Response {
    const url = new URL(request.url);
    const path = url.pathname.replace('/couture/api/', '');
    this.asked.push(`${request.method} ${path}`);
    return new Response(JSON.stringify(this.body(request.method, path)), { status: this.status });
  }

  private body(method: string, path: string): object {
    if (this.status >= 400) {
      return { error: { type: 'denied', message: 'Not for you', hint: 'Ask' } };
    }
    const row = makeRow({ is_paused: this.isPaused });
    switch (`${method} ${path}`) {
      case 'GET dags':
        return { dags: [row], total: 1, hidden_paused: 0, feed_seq: this.feedSeq };
      case 'GET dags/etl/runs':
        return { runs: [makeRun()], total: 1, feed_seq: this.feedSeq };
      case 'GET dags/etl/runs/run-1/tasks':
        return { tasks: [makeTask()], feed_seq: this.feedSeq };
      case 'GET overview':
        return { feed_seq: this.feedSeq };
      case 'GET health':
        return { engine: { state: 'leading' } };
      case 'GET import-errors':
        return { errors: [] };
      default:
        return row;
    }
  }
}

describe('the session', () => {
  let server: FakeServer;

  beforeEach(async () => {
    vi.useFakeTimers();
    server = new FakeServer();
    server.session.start();
    server.session.showTable('page');
    await vi.advanceTimersByTimeAsync(10);
  });

  afterEach(() => {
    server.session.dispose();
    vi.useRealTimers();
  });

  it('opens the stream behind the snapshot of the table', () => {
    expect(server.session.store.getState().tables.page.order).toEqual(['etl']);
    expect(server.cursors).toEqual([5]);
    expect(server.session.store.getState().engine).toBe('leading');
  });

  it('keeps a table of its own for each widget, and forgets it when it is closed', async () => {
    const { session } = server;
    session.setFilter('widget-1', { search: 'etl' });
    session.showTable('widget-1');
    await vi.advanceTimersByTimeAsync(10);
    expect(session.store.getState().tables['widget-1']).toMatchObject({
      order: ['etl'],
      filter: { search: 'etl' }
    });
    expect(session.store.getState().tables.page.filter.search).toBe('');
    session.closeTable('widget-1');
    expect(session.store.getState().tables['widget-1']).toBeUndefined();
  });

  it.each([200, 403])(
    'does not bring back a table that is closed before its answer',
    async status => {
      const { session } = server;
      session.showTable('widget-1');
      server.status = status;
      session.closeTable('widget-1');
      await vi.advanceTimersByTimeAsync(10);
      expect(session.store.getState().tables['widget-1']).toBeUndefined();
    }
  );

  it('applies events to shown tasks in one batch, and forgets them when they are closed', async () => {
    const shown = server.session.showTasks('etl', 'run-1');
    await vi.advanceTimersByTimeAsync(10);
    const seen = new Set<unknown>([server.session.store.getState().tasks]);
    server.say({
      type: 'events',
      events: [taskEvent(6, 'extract', 'queued'), taskEvent(7, 'extract', 'running')]
    });
    const stop = server.session.store.subscribe(() =>
      seen.add(server.session.store.getState().tasks)
    );
    await vi.advanceTimersByTimeAsync(20);
    const tasks = server.session.store.getState().tasks.get(runKey('etl', 'run-1'))?.tasks;
    expect(tasks?.get('extract')?.state).toBe('running');
    expect(seen.size).toBe(2);
    stop();
    shown.dispose();
    expect(server.session.store.getState().tasks.size).toBe(0);
  });

  it('asks again for counters a few times at most while events pour in', async () => {
    for (let seq = 6; seq < 106; seq += 1) {
      server.say({ type: 'events', events: [taskEvent(seq, 'extract', 'running')] });
      await vi.advanceTimersByTimeAsync(10);
    }
    expect(server.count('GET dags/etl')).toBeGreaterThan(0);
    expect(server.count('GET dags/etl')).toBeLessThanOrEqual(4);
  });

  it('fetches again, once it is connected, what failed while the server was away', async () => {
    server.status = 503;
    const shown = [server.session.showRuns('etl'), server.session.showTasks('etl', 'run-1')];
    await vi.advanceTimersByTimeAsync(10);
    expect(server.session.store.getState().runs.get('etl')?.load.status).toBe('failed');
    server.status = 200;
    server.say({ type: 'hello', seq: 5, oldest: 1, protocol: 1, server: '1' });
    await vi.advanceTimersByTimeAsync(10);
    const { runs, tasks } = server.session.store.getState();
    expect(runs.get('etl')?.load.status).toBe('ready');
    expect(tasks.get(runKey('etl', 'run-1'))?.load.status).toBe('ready');
    shown.forEach(each => each.dispose());
  });

  it('fetches the runs again when one appears that it does not know', async () => {
    const shown = server.session.showRuns('etl');
    await vi.advanceTimersByTimeAsync(10);
    server.say({ type: 'events', events: [runEvent(6, { run_id: 'run-2', state: 'queued' })] });
    await vi.advanceTimersByTimeAsync(50);
    expect(server.count('GET dags/etl/runs')).toBe(2);
    shown.dispose();
  });

  it('fetches everything that is shown after a reset', async () => {
    server.session.showRuns('etl');
    server.session.showTasks('etl', 'run-1');
    await vi.advanceTimersByTimeAsync(1000);
    server.asked.length = 0;
    server.say({ type: 'reset', seq: 500 });
    await vi.advanceTimersByTimeAsync(10);
    expect(server.asked).toEqual(
      expect.arrayContaining(['GET dags', 'GET dags/etl/runs', 'GET dags/etl/runs/run-1/tasks'])
    );
    expect(server.session.store.getState().seq).toBe(500);
  });

  it('shows a pause at once and takes it back when the server refuses', async () => {
    const isPaused = () => server.session.store.getState().changes.get('etl')?.paused;
    server.status = 403;
    const asked = server.session.setPaused('etl', true);
    expect(isPaused()).toBe(true);
    await expect(asked).rejects.toThrow('Not for you');
    expect(isPaused()).toBeUndefined();
    expect(server.session.store.getState().dags.get('etl')?.is_paused).toBe(false);
  });

  it('asks nothing more once disposed', async () => {
    server.session.dispose();
    server.asked.length = 0;
    server.say({ type: 'events', events: [taskEvent(9, 'extract', 'running')] });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(server.asked).toEqual([]);
  });
});
