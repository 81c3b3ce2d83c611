/** Layouts computed off the main thread; on it where there are no workers. */
import type { IDisposable } from '@lumino/disposable';
import type { GraphLayout, LayoutRequest } from '../model/layout';
import { computeHere, startLayoutThread } from './layoutThread';

type Answer =
  | { readonly id: number; readonly layout: GraphLayout }
  | { readonly id: number; readonly error: string };

interface Waiting {
  readonly resolve: (layout: GraphLayout) => void;
  readonly reject: (error: Error) => void;
}

export class LayoutWorker implements IDisposable {
  private worker: Worker | null = null;
  private readonly waiting = new Map<number, Waiting>();
  private lastId = 0;
  private disposed = false;

  get isDisposed(): boolean {
    return this.disposed;
  }

  async compute(request: LayoutRequest): Promise<GraphLayout> {
    const worker = this.start();
    if (!worker) {
      return computeHere(request);
    }
    this.lastId += 1;
    const id = this.lastId;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      worker.postMessage({ id, request });
    });
  }

  dispose(): void {
    this.disposed = true;
    this.stop('The layout was given up.');
  }

  private start(): Worker | null {
    const worker = this.worker ?? startLayoutThread();
    if (worker && !this.worker) {
      worker.onmessage = (event: MessageEvent<Answer>) => this.receive(event.data);
      worker.onerror = event => this.stop(event.message);
      this.worker = worker;
    }
    return worker;
  }

  private receive(answer: Answer): void {
    const waiting = this.waiting.get(answer.id);
    this.waiting.delete(answer.id);
    if ('layout' in answer) {
      waiting?.resolve(answer.layout);
    } else {
      waiting?.reject(new Error(answer.error));
    }
  }

  private stop(reason: string): void {
    this.worker?.terminate();
    this.worker = null;
    for (const { reject } of this.waiting.values()) {
      reject(new Error(reason));
    }
    this.waiting.clear();
  }
}
