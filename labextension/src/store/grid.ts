/**
 * Keeps the grid of one DAG true while it is shown.
 *
 * Fetched once; then events change single cells. What they do not say (instances of mapped tasks) is fetched for the runs
 * it is about, and the whole grid only when there are new runs or tasks. Events that come while an answer is under way are
 * applied to it again.
 */
import type { IDisposable } from '@lumino/disposable';
import { isAway, problemOf } from '../api/errors';
import { fetchGrid } from '../api/grid';
import type { Query } from '../api/rest';
import { applyGridEvents, readGrid, withFreshRuns, type Grid } from '../model/grid';
import type { Load } from '../model/state';
import type { StreamEvent } from '../model/wire';
import type { News } from './news';
import type { CoutureSession } from './session';
import { createValue, type Readable, type Store } from './store';
import { Throttle } from './throttle';

const ALL_MS = 1000;
const RUNS_MS = 700;
const AWAY_MS = 3000;
const FEW_RUNS = 8;

export interface GridState {
  readonly load: Load;
  /** The last one stays in sight while another is fetched. */
  readonly grid: Grid | null;
}

export class GridSource implements IDisposable, Readable<GridState> {
  private readonly state: Store<GridState, Partial<GridState>> = createValue<GridState>({
    load: { status: 'loading' },
    grid: null
  });
  private readonly all = new Throttle(() => this.loadAll(), ALL_MS);
  private readonly some = new Throttle(() => this.loadStale(), RUNS_MS);
  private readonly stale = new Set<string>();
  private pending: StreamEvent[] = [];
  private underWay = 0;
  private round = 0;
  private timer: number | null = null;
  private disposed = false;

  constructor(
    private readonly session: CoutureSession,
    private readonly dagId: string,
    private query: Query
  ) {
    session.news.connect(this.onNews);
    this.all.request();
  }

  readonly getState = (): GridState => this.state.getState();
  readonly subscribe = (listener: () => void): (() => void) => this.state.subscribe(listener);

  get isDisposed(): boolean {
    return this.disposed;
  }

  /** Which runs: `limit`, `before`, `run_type`, `state` of the route. */
  setQuery(query: Query): void {
    if (JSON.stringify(query) !== JSON.stringify(this.query)) {
      this.query = query;
      void this.loadAll();
    }
  }

  retry(): void {
    this.state.dispatch({ load: { status: 'loading' } });
    void this.loadAll();
  }

  dispose(): void {
    if (!this.disposed) {
      this.disposed = true;
      this.session.news.disconnect(this.onNews);
      this.all.dispose();
      this.some.dispose();
      this.wait(false);
    }
  }

  private readonly onNews = (_: unknown, news: News): void => {
    if (news.type === 'reset') {
      this.all.request();
      return;
    }
    const events = news.events.filter(event => event.dag_id === this.dagId);
    if (this.underWay > 0) {
      this.pending.push(...events);
    }
    const { grid } = this.state.getState();
    if (grid && events.length > 0) {
      this.show(grid, events);
    }
  };

  private show(grid: Grid, events: readonly StreamEvent[], load?: Load): void {
    const change = applyGridEvents(grid, this.dagId, events);
    change.staleRuns.forEach(runId => this.stale.add(runId));
    if (change.isOutgrown) {
      this.all.request();
    } else if (this.stale.size > 0) {
      this.some.request();
    }
    this.state.dispatch({ grid: change.grid, ...(load ? { load } : {}) });
  }

  private async fetch(query: Query): Promise<Grid> {
    this.underWay += 1;
    try {
      return readGrid(await fetchGrid(this.session.api, this.dagId, query));
    } finally {
      this.underWay -= 1;
    }
  }

  private async loadAll(): Promise<void> {
    const round = (this.round += 1);
    this.wait(false);
    this.stale.clear();
    try {
      const grid = await this.fetch(this.query);
      if (round === this.round && !this.disposed) {
        this.show(grid, this.taken(), { status: 'ready' });
      }
    } catch (error) {
      if (round === this.round && !this.disposed) {
        const problem = problemOf(error);
        this.state.dispatch({ load: { status: 'failed', problem } });
        this.wait(isAway(problem));
      }
    }
  }

  private async loadStale(): Promise<void> {
    const runIds = [...this.stale];
    if (runIds.length > FEW_RUNS) {
      return this.loadAll();
    }
    this.stale.clear();
    for (const runId of runIds) {
      const round = this.round;
      try {
        const fresh = await this.fetch({ run_id: runId });
        const { grid } = this.state.getState();
        if (!grid || round !== this.round || this.disposed) {
          return undefined;
        }
        const next = withFreshRuns(grid, fresh);
        if (next === null) {
          return this.loadAll();
        }
        this.show(next, this.taken());
      } catch {
        // It stays as it was, and the connection says that it is old; all is fetched in a while.
        this.wait(true);
      }
    }
    return undefined;
  }

  /** The events that came while answers were under way; kept while others still are. */
  private taken(): readonly StreamEvent[] {
    const events = this.pending;
    if (this.underWay === 0) {
      this.pending = [];
    }
    return events;
  }

  private wait(isAway: boolean): void {
    if (this.timer !== null) {
      window.clearTimeout(this.timer);
      this.timer = null;
    }
    if (isAway) {
      this.timer = window.setTimeout(() => void this.loadAll(), AWAY_MS);
    }
  }
}
