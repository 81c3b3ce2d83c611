/**
 * Follows one log: reads its end first, then waits on the server for more.
 *
 * One request is under way at a time. While reading back (`earlier`) following pauses, because the window
 * is bounded and the two ends cannot both be kept; `follow` jumps to the end again. While nobody looks (`rest`) nothing
 * is under way: a request that waits holds one of the few connections that a browser has to a server.
 */
import type { IDisposable } from '@lumino/disposable';
import { isAbort, problemOf } from '../api/errors';
import type { AttemptRef, CoutureApi } from '../api/rest';
import { EMPTY_WINDOW, appendChunk, prependChunk, type LogWindow } from '../model/logBuffer';
import type { Problem } from '../model/state';
import { createValue, type Readable } from './store';

const TAIL_BYTES = 256 * 1024;
const STEP_BYTES = 256 * 1024;
/** A log that grows faster than it can be read is not read whole: its end is what one follows. */
const SKIP_BYTES = 4 * 1024 * 1024;
const WAIT_SECONDS = 15;
const ABSENT_DELAY_MS = 1000;
const LONGEST_DELAY_MS = 4000;

export interface LogState {
  readonly window: LogWindow;
  readonly status: 'loading' | 'absent' | 'following' | 'paused' | 'complete' | 'failed';
  readonly problem: Problem | null;
  readonly isReadingBack: boolean;
}

export class LogFollower implements IDisposable, Readable<LogState> {
  private readonly value = createValue<LogState>({
    window: EMPTY_WINDOW,
    status: 'loading',
    problem: null,
    isReadingBack: false
  });
  private abort = new AbortController();
  private timer: number | null = null;
  private failures = 0;
  private disposed = false;

  constructor(
    private readonly api: Pick<CoutureApi, 'log'>,
    private readonly ref: AttemptRef
  ) {
    void this.run();
  }

  get isDisposed(): boolean {
    return this.disposed;
  }

  readonly getState = (): LogState => this.value.getState();

  readonly subscribe = (listener: () => void): (() => void) => this.value.subscribe(listener);

  /** Shows the end of the log and follows it. */
  follow(): void {
    this.interrupt();
    this.value.dispatch({ window: EMPTY_WINDOW, status: 'loading', problem: null });
    void this.run();
  }

  /** Tries again at once after a failure. */
  retry(): void {
    this.interrupt();
    void this.run();
  }

  /** Asks for nothing until `resume`. */
  rest(): void {
    this.interrupt();
  }

  /** Goes on from what is known, if it was following. */
  resume(): void {
    const { status } = this.getState();
    if (!this.disposed && status !== 'paused' && status !== 'complete') {
      this.retry();
    }
  }

  /** Reads the part before the window. Stops following when the window gets full. */
  async earlier(): Promise<void> {
    const { window: known, isReadingBack } = this.getState();
    if (isReadingBack || known.start === 0) {
      return;
    }
    this.value.dispatch({ isReadingBack: true });
    try {
      await this.readBack(known.start);
    } catch (error) {
      if (!isAbort(error)) {
        this.value.dispatch({ problem: problemOf(error) });
      }
    } finally {
      this.value.dispatch({ isReadingBack: false });
    }
  }

  dispose(): void {
    this.disposed = true;
    this.interrupt();
  }

  private async readBack(end: number): Promise<void> {
    let offset = Math.max(0, end - STEP_BYTES);
    const first = offset;
    const parts: string[] = [];
    let start: number | null = null;
    while (offset < end) {
      const query = { offset, limit: end - offset, wait: 0 };
      const chunk = await this.api.log(this.ref, query, this.abort.signal);
      if (chunk.next_offset <= offset) {
        break;
      }
      start ??= chunk.offset;
      parts.push(chunk.text);
      offset = chunk.next_offset;
    }
    const { window: known } = this.getState();
    const next = prependChunk(known, {
      text: parts.join(''),
      offset: start ?? first,
      next_offset: offset,
      size: known.size,
      complete: known.complete
    });
    if (next.end < known.end) {
      this.interrupt();
      this.value.dispatch({ window: next, status: 'paused' });
    } else {
      this.value.dispatch({ window: next });
    }
  }

  private interrupt(): void {
    this.abort.abort();
    this.abort = new AbortController();
    if (this.timer !== null) {
      window.clearTimeout(this.timer);
      this.timer = null;
    }
  }

  private async run(): Promise<void> {
    const signal = this.abort.signal;
    while (!signal.aborted) {
      const { window: known, status } = this.getState();
      const isFirst = status === 'loading' || status === 'absent' || status === 'failed';
      try {
        const chunk = await this.api.log(
          this.ref,
          isFirst
            ? { offset: -TAIL_BYTES, limit: TAIL_BYTES, wait: 0 }
            : { offset: known.end, limit: STEP_BYTES, wait: WAIT_SECONDS },
          signal
        );
        if (signal.aborted) {
          return;
        }
        this.failures = 0;
        if (chunk.size - chunk.next_offset > SKIP_BYTES) {
          this.value.dispatch({ window: EMPTY_WINDOW, status: 'loading' });
          continue;
        }
        const next = appendChunk(this.getState().window, chunk);
        const isDone = chunk.complete && chunk.next_offset >= chunk.size;
        const following = isDone ? 'complete' : 'following';
        this.value.dispatch({ window: next, problem: null, status: following });
        if (isDone) {
          return;
        }
      } catch (error) {
        if (signal.aborted || isAbort(error)) {
          return;
        }
        this.fail(error);
        return;
      }
    }
  }

  /** A log that does not exist yet is awaited; anything else is shown and tried again more slowly. */
  private fail(error: unknown): void {
    const problem = problemOf(error);
    const isAbsent = problem.kind === 'not_found';
    const { status } = this.getState();
    this.failures += 1;
    this.value.dispatch({
      status: isAbsent ? 'absent' : status === 'loading' ? 'failed' : status,
      problem: isAbsent ? null : problem
    });
    const delay = isAbsent
      ? ABSENT_DELAY_MS
      : Math.min(LONGEST_DELAY_MS, 1000 * 2 ** this.failures);
    this.timer = window.setTimeout(() => {
      this.timer = null;
      void this.run();
    }, delay);
  }
}
