/**
 * The live channel: one WebSocket that survives sleep, restarts and bad networks.
 *
 * The client remembers the newest sequence number it has handed on. After a break it asks for everything
 * behind that number; if the server has forgotten so much, it says `reset` and snapshots are fetched anew.
 * A socket that stays silent for longer than three heartbeats is taken for dead.
 */
import { assertNever } from '../model/assertNever';
import type { Connection } from '../model/state';
import type { EngineState, ServerMessage, StreamEvent } from '../model/wire';

/** The part of a WebSocket we use; tests bring their own. */
export type Socket = Pick<WebSocket, 'onmessage' | 'onclose' | 'close'>;

/** What the stream needs of the world. */
export interface StreamHost {
  /** Opens a socket that starts behind `cursor`; null: from now on. */
  open(cursor: number | null): Socket;
  now(): number;
  after(milliseconds: number, action: () => void): number;
  cancel(timer: number): void;
  /** In [0, 1): spreads reconnects of many browsers. */
  random(): number;
}

export interface StreamListener {
  onConnection(connection: Connection): void;
  /** Connected, for the first time or again. */
  onHello(seq: number): void;
  onEvents(events: readonly StreamEvent[]): void;
  /** Everything known is stale: fetch snapshots again. */
  onReset(seq: number): void;
  /** The engine came, went or is being started. */
  onEngine(state: EngineState): void;
}

export const SILENCE_LIMIT_MS = 45_000;
const FIRST_DELAY_MS = 400;
/** A page that was left open must be right again within 5 s of the server's return. */
const LONGEST_DELAY_MS = 4000;

/** Milliseconds before reconnect number `failures`, counted from 1. */
export function backOff(failures: number, random: number): number {
  const delay = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.max(0, failures - 1));
  return Math.round(delay * (1 - random / 2));
}

export class EventStream {
  private socket: Socket | null = null;
  private cursor: number | null = null;
  private failures = 0;
  private brokenSince: number | null = null;
  private retryTimer: number | null = null;
  private silenceTimer: number | null = null;
  private isClosed = false;

  constructor(
    private readonly host: StreamHost,
    private readonly listener: StreamListener
  ) {}

  get newest(): number | null {
    return this.cursor;
  }

  /** Begins behind `cursor`, the sequence number of a snapshot; null: from now on. */
  start(cursor: number | null): void {
    if (!this.socket && this.retryTimer === null && !this.isClosed) {
      this.cursor = cursor;
      this.connect();
    }
  }

  /** Does not wait for the back-off: the user asked, or the network came back. */
  retryNow(): void {
    if (this.retryTimer !== null) {
      this.clearTimers();
      this.connect();
    }
  }

  dispose(): void {
    this.isClosed = true;
    this.clearTimers();
    this.dropSocket();
  }

  private connect(): void {
    const socket = this.host.open(this.cursor);
    this.socket = socket;
    socket.onmessage = event => {
      const data: unknown = event.data;
      if (this.socket === socket && typeof data === 'string') {
        this.receive(JSON.parse(data) as ServerMessage);
      }
    };
    socket.onclose = () => {
      if (this.socket === socket) {
        this.lose();
      }
    };
    this.watchSilence();
  }

  private receive(message: ServerMessage): void {
    this.watchSilence();
    switch (message.type) {
      case 'hello': {
        this.failures = 0;
        this.brokenSince = null;
        this.cursor ??= message.seq;
        this.listener.onConnection({ status: 'live' });
        this.listener.onHello(message.seq);
        return;
      }
      case 'events': {
        const cursor = this.cursor ?? 0;
        const fresh = message.events.filter(event => event.seq > cursor);
        const last = fresh[fresh.length - 1];
        if (last) {
          this.cursor = last.seq;
          this.listener.onEvents(fresh);
        }
        return;
      }
      case 'reset':
        this.cursor = message.seq;
        this.listener.onReset(message.seq);
        return;
      case 'engine':
        this.listener.onEngine(message.state);
        return;
      case 'heartbeat':
        return;
      default:
        assertNever(message);
    }
  }

  private lose(): void {
    this.clearTimers();
    this.dropSocket();
    if (this.isClosed) {
      return;
    }
    this.failures += 1;
    this.brokenSince ??= this.host.now();
    const delay = backOff(this.failures, this.host.random());
    this.listener.onConnection({
      status: 'disconnected',
      since: this.brokenSince,
      retryAt: this.host.now() + delay
    });
    this.retryTimer = this.host.after(delay, () => {
      this.retryTimer = null;
      this.connect();
    });
  }

  private watchSilence(): void {
    if (this.silenceTimer !== null) {
      this.host.cancel(this.silenceTimer);
    }
    this.silenceTimer = this.host.after(SILENCE_LIMIT_MS, () => this.lose());
  }

  private clearTimers(): void {
    for (const timer of [this.retryTimer, this.silenceTimer]) {
      if (timer !== null) {
        this.host.cancel(timer);
      }
    }
    this.retryTimer = null;
    this.silenceTimer = null;
  }

  private dropSocket(): void {
    const socket = this.socket;
    this.socket = null;
    if (socket) {
      socket.onmessage = null;
      socket.onclose = null;
      socket.close();
    }
  }
}
