/**
 * Follows the notebook of one attempt: reads what there is, then waits on the server for cells that change.
 *
 * One request is under way at a time. While nobody looks (`rest`) none is; `resume` goes on from what is known.
 */
import type { IDisposable } from '@lumino/disposable';
import { isAbort, problemOf } from '../api/errors';
import { readNotebook } from '../api/task';
import type { AttemptRef, CoutureApi } from '../api/rest';
import { NO_NOTEBOOK, withPart, type ShownNotebook } from '../model/notebookCells';
import type { Problem } from '../model/state';
import { createValue, type Readable } from './store';

const WAIT_SECONDS = 15;
/** Between answers: a cell that writes without end is drawn so often and no more. */
const PAUSE_MS = 250;
const LONGEST_DELAY_MS = 4000;

export interface NotebookState {
  readonly notebook: ShownNotebook;
  readonly status: 'loading' | 'following' | 'complete' | 'failed';
  readonly problem: Problem | null;
}

export const NOTHING_READ: NotebookState = {
  notebook: NO_NOTEBOOK,
  status: 'loading',
  problem: null
};

export class NotebookFollower implements IDisposable, Readable<NotebookState> {
  private readonly value = createValue(NOTHING_READ);
  private abort: AbortController | null = null;
  private timer: number | null = null;
  private failures = 0;
  private disposed = false;

  constructor(
    private readonly api: Pick<CoutureApi, 'get'>,
    private readonly ref: AttemptRef
  ) {}

  get isDisposed(): boolean {
    return this.disposed;
  }

  readonly getState = (): NotebookState => this.value.getState();

  readonly subscribe = (listener: () => void): (() => void) => this.value.subscribe(listener);

  /** Goes on, at once also after a failure. */
  resume(): void {
    if (!this.disposed && this.getState().status !== 'complete') {
      this.rest();
      this.abort = new AbortController();
      void this.run(this.abort.signal);
    }
  }

  /** Asks for nothing until `resume`. */
  rest(): void {
    this.abort?.abort();
    this.abort = null;
    if (this.timer !== null) {
      window.clearTimeout(this.timer);
      this.timer = null;
    }
  }

  dispose(): void {
    this.disposed = true;
    this.rest();
  }

  private async run(signal: AbortSignal): Promise<void> {
    const { notebook: known, status } = this.getState();
    const isFirst = status === 'loading' || status === 'failed';
    try {
      const query = { since: known.revision, wait: isFirst ? 0 : WAIT_SECONDS };
      const part = await readNotebook(this.api, this.ref, query, signal);
      if (signal.aborted) {
        return;
      }
      this.failures = 0;
      const following = part.complete ? 'complete' : 'following';
      const notebook = withPart(this.getState().notebook, part);
      this.value.dispatch({ notebook, status: following, problem: null });
      if (!part.complete) {
        this.later(PAUSE_MS, signal);
      }
    } catch (error) {
      if (signal.aborted || isAbort(error)) {
        return;
      }
      this.failures += 1;
      this.value.dispatch({ status: 'failed', problem: problemOf(error) });
      this.later(Math.min(LONGEST_DELAY_MS, 1000 * 2 ** this.failures), signal);
    }
  }

  private later(delayMs: number, signal: AbortSignal): void {
    this.timer = window.setTimeout(() => {
      this.timer = null;
      void this.run(signal);
    }, delayMs);
  }
}
