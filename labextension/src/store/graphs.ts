/** Graphs and their layouts, kept by DAG version: a version never changes, so neither does its picture. */
import type { IDisposable } from '@lumino/disposable';
import type { CoutureApi } from '../api/rest';
import { foldGraph, startsFolded, type DrawnGraph } from '../model/folding';
import { layoutRequest, type Direction, type GraphLayout } from '../model/layout';
import type { Graph, Source } from '../model/wire';
import { LayoutWorker } from './layoutWorker';

const KEPT = 24;

export interface LaidOutGraph {
  readonly graph: Graph;
  /** The groups that are folded in the picture. */
  readonly folded: ReadonlySet<string>;
  /** What the layout shows of the graph. */
  readonly drawn: DrawnGraph;
  readonly layout: GraphLayout;
}

/** Promises by key, oldest forgotten first; a failed one is forgotten at once. */
class PromiseCache<T> {
  private readonly entries = new Map<string, Promise<T>>();

  get(key: string, make: () => Promise<T>): Promise<T> {
    const known = this.entries.get(key);
    if (known) {
      this.entries.delete(key);
      this.entries.set(key, known);
      return known;
    }
    const made = make();
    this.entries.set(key, made);
    made.catch(() => this.entries.delete(key));
    const [oldest] = this.entries.keys();
    if (this.entries.size > KEPT && oldest !== undefined) {
      this.entries.delete(oldest);
    }
    return made;
  }
}

export class GraphCache implements IDisposable {
  private readonly graphs = new PromiseCache<Graph>();
  private readonly layouts = new PromiseCache<LaidOutGraph>();
  private readonly sources = new PromiseCache<Source>();
  private readonly worker = new LayoutWorker();

  constructor(private readonly api: CoutureApi) {}

  get isDisposed(): boolean {
    return this.worker.isDisposed;
  }

  /** `folded` names the folded groups; null leaves it to the size of the graph. */
  load(
    dagId: string,
    version: string,
    direction: Direction,
    folded: readonly string[] | null
  ): Promise<LaidOutGraph> {
    return this.layouts.get(JSON.stringify([dagId, version, direction, folded]), async () => {
      const graph = await this.graphs.get(JSON.stringify([dagId, version]), () =>
        this.api.graph(dagId, version)
      );
      const closed = new Set(folded ?? startsFolded(graph));
      const drawn = foldGraph(graph, closed);
      const layout = await this.worker.compute(layoutRequest(drawn, direction));
      return { graph, folded: closed, drawn, layout };
    });
  }

  source(dagId: string, version: string): Promise<Source> {
    return this.sources.get(JSON.stringify([dagId, version]), () =>
      this.api.source(dagId, version)
    );
  }

  dispose(): void {
    this.worker.dispose();
  }
}
