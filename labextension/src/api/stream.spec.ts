// @vitest-environment jsdom
import { beforeEach, describe, expect, it } from 'vitest';
import type { Connection } from '../model/state';
import type { ServerMessage, StreamEvent } from '../model/wire';
import { taskEvent } from '../testing/builders';
import { EventStream, SILENCE_LIMIT_MS, backOff, type Socket } from './stream';

class FakeSocket implements Socket {
  onmessage: Socket['onmessage'] = null;
  onclose: Socket['onclose'] = null;
  isClosed = false;

  constructor(readonly cursor: number | null) {}

  close(): void {
    this.isClosed = true;
  }

  say(message: ServerMessage): void {
    const event = new MessageEvent('message', { data: JSON.stringify(message) });
    this.onmessage?.call(this as unknown as WebSocket, event);
  }

  break(): void {
    this.onclose?.call(this as unknown as WebSocket, new CloseEvent('close'));
  }
}

/** Time that moves when told to. */
class World {
  readonly sockets: FakeSocket[] = [];
  readonly connections: Connection[] = [];
  readonly events: StreamEvent[] = [];
  readonly resets: number[] = [];
  private clock = 0;
  private lastTimer = 0;
  private timers = new Map<number, { readonly at: number; readonly action: () => void }>();
  readonly stream = new EventStream(
    {
      open: cursor => {
        const socket = new FakeSocket(cursor);
        this.sockets.push(socket);
        return socket;
      },
      now: () => this.clock,
      after: (milliseconds, action) => {
        this.lastTimer += 1;
        this.timers.set(this.lastTimer, { at: this.clock + milliseconds, action });
        return this.lastTimer;
      },
      cancel: timer => this.timers.delete(timer),
      random: () => 0
    },
    {
      onConnection: connection => this.connections.push(connection),
      onHello: () => undefined,
      onEvents: events => this.events.push(...events),
      onReset: seq => this.resets.push(seq),
      onEngine: () => undefined
    }
  );

  get socket(): FakeSocket {
    const socket = this.sockets[this.sockets.length - 1];
    if (!socket) {
      throw new Error('no socket was opened');
    }
    return socket;
  }

  get timerCount(): number {
    return this.timers.size;
  }

  hello(seq = 10): void {
    this.socket.say({ type: 'hello', seq, oldest: 1, protocol: 1, server: '0' });
  }

  pass(milliseconds: number): void {
    this.clock += milliseconds;
    for (const [id, timer] of [...this.timers]) {
      if (timer.at <= this.clock && this.timers.delete(id)) {
        timer.action();
      }
    }
  }
}

describe('the stream', () => {
  let world: World;

  beforeEach(() => {
    world = new World();
    world.stream.start(7);
  });

  it('begins behind the snapshot and hands events on once', () => {
    expect(world.socket.cursor).toBe(7);
    world.hello();
    expect(world.connections.at(-1)).toEqual({ status: 'live' });
    world.socket.say({
      type: 'events',
      events: [7, 8, 9].map(seq => taskEvent(seq, 'a', 'running'))
    });
    world.socket.say({ type: 'events', events: [8, 9].map(seq => taskEvent(seq, 'a', 'running')) });
    expect(world.events.map(event => event.seq)).toEqual([8, 9]);
  });

  it('comes back behind the last event after a break', () => {
    world.hello();
    world.socket.say({ type: 'events', events: [taskEvent(12, 'a', 'running')] });
    world.socket.break();
    expect(world.connections.at(-1)).toMatchObject({ status: 'disconnected', since: 0 });
    world.pass(backOff(1, 0));
    expect(world.sockets).toHaveLength(2);
    expect(world.socket.cursor).toBe(12);
    world.hello(12);
    expect(world.connections.at(-1)).toEqual({ status: 'live' });
  });

  it('waits longer after each failure, up to a limit, and starts over after a success', () => {
    const delays = [1, 2, 3, 20].map(failures => backOff(failures, 0));
    expect(delays).toEqual([400, 800, 1600, 4000]);
    expect(backOff(1, 0.999)).toBeGreaterThanOrEqual(200);
    world.socket.break();
    world.pass(400);
    world.socket.break();
    world.pass(400);
    expect(world.sockets).toHaveLength(2);
    world.pass(400);
    expect(world.sockets).toHaveLength(3);
  });

  it('says since when it is disconnected, not since the last try', () => {
    world.pass(100);
    world.socket.break();
    world.pass(400);
    world.socket.break();
    expect(world.connections.at(-1)).toMatchObject({ since: 100 });
  });

  it('asks for snapshots when the server forgot its place', () => {
    world.hello();
    world.socket.say({ type: 'reset', seq: 99 });
    expect(world.resets).toEqual([99]);
    world.socket.break();
    world.pass(400);
    expect(world.socket.cursor).toBe(99);
  });

  it('takes a silent socket for dead, but not one that sends heartbeats', () => {
    world.hello();
    world.pass(SILENCE_LIMIT_MS - 1);
    world.socket.say({ type: 'heartbeat', seq: 10 });
    world.pass(SILENCE_LIMIT_MS - 1);
    expect(world.socket.isClosed).toBe(false);
    world.pass(1);
    expect(world.socket.isClosed).toBe(true);
    expect(world.connections.at(-1)?.status).toBe('disconnected');
  });

  it('tries at once when asked', () => {
    world.socket.break();
    world.stream.retryNow();
    expect(world.sockets).toHaveLength(2);
  });

  it('leaves nothing behind when disposed', () => {
    world.hello();
    world.stream.dispose();
    expect(world.socket.isClosed).toBe(true);
    expect(world.timerCount).toBe(0);
    world.stream.start(1);
    expect(world.sockets).toHaveLength(1);
  });
});
