/**
 * Keeps the state true: fetches snapshots, listens to the stream, carries out what the user asks.
 *
 * Order at the start: the overview is fetched, then the stream opened behind that snapshot's sequence
 * number; whatever is fetched later is newer, so nothing falls between. Views say which tables and runs they show
 * (`showTable`, `showRuns`, `showTasks`); what nobody shows is not kept. Events change tasks and runs at once; counters
 * of rows are fetched again, at most every 400 ms, because only the server can count.
 */
import { UUID } from '@lumino/coreutils';
import { DisposableDelegate, type IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';
import { problemOf } from '../api/errors';
import type { CoutureApi } from '../api/rest';
import { browserHost } from '../api/socket';
import { EventStream, type StreamHost } from '../api/stream';
import { TABLE_IDS, type DagFilter, type TableId, type WidgetTableId } from '../model/dagFilter';
import { reduce, type Action } from '../model/reducer';
import { INITIAL_STATE, runKey, type CoutureState } from '../model/state';
import type { DagDetail, ImportError, Run, StreamEvent, TriggerBody } from '../model/wire';
import { DagTables } from './dagTables';
import { FrameBatch } from './frame';
import { GraphCache } from './graphs';
import type { News } from './news';
import { References } from './references';
import { createStore, type Store } from './store';
import { Throttle } from './throttle';

const COUNTERS_MS = 400;
const OVERVIEW_MS = 800;
const HEALTH_MS = 20_000;
const RETRY_MS = 15_000;
const RUNS_SHOWN = 50;

export class CoutureSession implements IDisposable {
  readonly store: Store<CoutureState, Action> = createStore(reduce, INITIAL_STATE);
  readonly graphs: GraphCache;
  /** For views that keep more than the state has; told after the state has changed. */
  readonly news = new Signal<this, News>(this);
  private readonly stream: EventStream;
  private readonly batch = new FrameBatch<StreamEvent>(events => this.apply(events));
  private readonly tables: DagTables;
  private readonly rows = new Throttle(() => this.loadRows(), COUNTERS_MS);
  private readonly summary = new Throttle(() => this.loadOverview(), OVERVIEW_MS);
  private readonly errors = new Throttle(() => this.loadImportErrors(), COUNTERS_MS);
  private readonly runLists = new Throttle(() => this.loadRunLists(), COUNTERS_MS);
  private readonly shownRuns = new References<string>(dagId => this.hideRuns(dagId));
  private readonly shownTasks = new References<string>(key => this.hideTasks(key));
  private readonly touchedDags = new Set<string>();
  private readonly touchedLists = new Set<string>();
  private timers: number[] = [];
  private isStarted = false;
  private disposed = false;

  constructor(
    readonly api: CoutureApi,
    host: StreamHost = browserHost(api.settings)
  ) {
    this.graphs = new GraphCache(api);
    this.tables = new DagTables(this.store, api, COUNTERS_MS);
    this.stream = new EventStream(host, {
      onConnection: connection => this.store.dispatch({ type: 'connection', connection }),
      onHello: () => this.onHello(),
      onEvents: events => this.batch.push(events),
      onReset: seq => this.onReset(seq),
      onEngine: engine => this.store.dispatch({ type: 'engine', engine })
    });
  }

  get isDisposed(): boolean {
    return this.disposed;
  }

  start(): void {
    if (!this.isStarted) {
      this.isStarted = true;
      this.timers = [
        window.setInterval(() => this.checkHealth(), HEALTH_MS),
        window.setInterval(() => this.retryFailed(), RETRY_MS)
      ];
      window.addEventListener('online', this.onOnline);
      this.loadAll();
    }
  }

  dispose(): void {
    if (this.disposed) {
      return;
    }
    this.disposed = true;
    window.removeEventListener('online', this.onOnline);
    this.timers.forEach(timer => window.clearInterval(timer));
    this.stream.dispose();
    this.batch.dispose();
    this.tables.dispose();
    for (const throttle of [this.rows, this.summary, this.errors, this.runLists]) {
      throttle.dispose();
    }
    this.graphs.dispose();
    Signal.clearData(this);
  }

  /** Fetches everything again and reconnects without waiting. */
  retry(): void {
    this.stream.retryNow();
    this.loadAll();
  }

  /** Keeps a table of DAGs up to date until disposed. */
  showTable(table: TableId): IDisposable {
    return this.tables.show(table);
  }

  /** Forgets the table of a widget. */
  closeTable(table: WidgetTableId): void {
    this.tables.close(table);
  }

  setFilter(table: TableId, filter: Partial<DagFilter>): void {
    this.tables.setFilter(table, filter);
  }

  /** In both tables. */
  setShowPaused(showPaused: boolean): void {
    TABLE_IDS.forEach(table => this.tables.setFilter(table, { showPaused }));
  }

  /** Keeps the list of runs of a DAG up to date until disposed. */
  showRuns(dagId: string): IDisposable {
    if (this.shownRuns.acquire(dagId)) {
      void this.loadRuns(dagId);
    }
    return new DisposableDelegate(() => this.shownRuns.release(dagId));
  }

  /** Keeps the task instances of a run up to date until disposed. */
  showTasks(dagId: string, runId: string): IDisposable {
    const key = runKey(dagId, runId);
    if (this.shownTasks.acquire(key)) {
      void this.loadTasks(dagId, runId);
    }
    return new DisposableDelegate(() => this.shownTasks.release(key));
  }

  /** Where the runs of the DAG are shown; elsewhere nothing is kept. */
  reloadRuns(dagId: string): void {
    if (this.shownRuns.has(dagId)) {
      void this.loadRuns(dagId);
    }
  }

  reloadTasks(dagId: string, runId: string): void {
    if (this.shownTasks.has(runKey(dagId, runId))) {
      void this.loadTasks(dagId, runId);
    }
  }

  async loadDag(dagId: string): Promise<DagDetail> {
    const detail = await this.api.dag(dagId);
    this.store.dispatch({ type: 'dag.loaded', row: detail });
    return detail;
  }

  /** Turns a DAG on or off. Shown at once; taken back if the server refuses. */
  async setPaused(dagId: string, isPaused: boolean): Promise<void> {
    this.change(dagId, { paused: isPaused });
    try {
      const row = await this.api.setPaused(dagId, isPaused);
      this.store.dispatch({ type: 'dag.loaded', row });
    } finally {
      this.change(dagId, { paused: undefined });
    }
  }

  async trigger(dagId: string, body: TriggerBody = {}): Promise<Run> {
    this.change(dagId, { triggering: true });
    try {
      const run = await this.api.trigger(dagId, { idempotency_key: UUID.uuid4(), ...body });
      this.store.dispatch({ type: 'run.created', run });
      this.touchDag(dagId);
      return run;
    } finally {
      this.change(dagId, { triggering: undefined });
    }
  }

  async cancel(dagId: string, runId: string): Promise<void> {
    await this.api.cancel(dagId, runId);
    this.touchedLists.add(dagId);
    this.runLists.request();
  }

  /** Reads the DAG's file again. */
  async refresh(
    dagId: string
  ): Promise<{ readonly isChanged: boolean; readonly errors: readonly ImportError[] }> {
    this.change(dagId, { refreshing: true });
    try {
      const { changed, errors } = await this.api.refresh(dagId);
      await this.loadDag(dagId);
      this.errors.request();
      return { isChanged: changed, errors };
    } finally {
      this.change(dagId, { refreshing: undefined });
    }
  }

  private readonly onOnline = (): void => this.stream.retryNow();

  private change(
    dagId: string,
    change: { paused?: boolean; triggering?: boolean; refreshing?: boolean }
  ): void {
    this.store.dispatch({ type: 'change', dagId, change });
  }

  private onHello(): void {
    this.checkHealth();
    this.summary.request();
    this.reloadFailed();
  }

  /** Fetches what could not be fetched while the server was away. */
  private reloadFailed(): void {
    const { runs, tasks } = this.store.getState();
    if (this.tables.hasFailed) {
      this.loadAll();
    }
    const failed = [...runs].filter(([, { load }]) => load.status === 'failed');
    failed.forEach(([dagId]) => void this.loadRuns(dagId));
    for (const [key, { load }] of tasks) {
      if (load.status === 'failed') {
        const [dagId, runId] = JSON.parse(key) as [string, string];
        void this.loadTasks(dagId, runId);
      }
    }
  }

  private onReset(seq: number): void {
    this.store.dispatch({ type: 'seq', seq });
    this.loadAll();
    [...this.shownRuns.keys()].forEach(dagId => void this.loadRuns(dagId));
    for (const key of this.shownTasks.keys()) {
      const [dagId, runId] = JSON.parse(key) as [string, string];
      void this.loadTasks(dagId, runId);
    }
    this.news.emit({ type: 'reset' });
  }

  private apply(events: readonly StreamEvent[]): void {
    this.store.dispatch({ type: 'events', events });
    for (const event of events) {
      this.tables.onEvent(event);
      switch (event.kind) {
        case 'dag.changed':
          this.touchDag(event.dag_id);
          break;
        case 'import_errors.changed':
          this.errors.request();
          break;
        case 'run.state':
          this.touchDag(event.dag_id);
          this.summary.request();
          if (!this.knowsRun(event.dag_id, event.run_id)) {
            this.touchedLists.add(event.dag_id);
            this.runLists.request();
          }
          break;
        case 'run.removed':
        case 'task.state':
          this.touchDag(event.dag_id);
          this.summary.request();
          break;
        case 'attempt.progress':
        case 'dag.removed':
        case 'engine.state':
          break;
      }
    }
    this.news.emit({ type: 'events', events });
  }

  private knowsRun(dagId: string, runId: string | null): boolean {
    const list = this.store.getState().runs.get(dagId);
    return list === undefined || list.runs.some(run => run.run_id === runId);
  }

  private touchDag(dagId: string): void {
    if (this.store.getState().dags.has(dagId)) {
      this.touchedDags.add(dagId);
      this.rows.request();
    }
  }

  private loadAll(): void {
    this.tables.request();
    this.errors.request();
    this.summary.request();
    this.checkHealth();
    void this.loadMe();
  }

  private retryFailed(): void {
    if (this.tables.hasFailed || this.stream.newest === null) {
      this.loadAll();
    } else if (this.store.getState().me === null) {
      void this.loadMe();
    }
  }

  private checkHealth(): void {
    if (document.visibilityState === 'hidden') {
      return;
    }
    this.api.health().then(
      health => this.store.dispatch({ type: 'engine', engine: health.engine.state }),
      () => this.store.dispatch({ type: 'engine', engine: 'unknown' })
    );
  }

  private async loadRows(): Promise<void> {
    const dagIds = [...this.touchedDags];
    this.touchedDags.clear();
    const inDocuments = dagIds.filter(dagId => this.shownRuns.has(dagId));
    const single = new Set([...inDocuments, ...this.tables.rowsToLoad(dagIds)]);
    // A row that cannot be fetched now stays as it is; the next event or the table brings it.
    await Promise.allSettled([...single].map(dagId => this.loadDag(dagId)));
  }

  private async loadMe(): Promise<void> {
    try {
      this.store.dispatch({ type: 'me', me: await this.api.me() });
    } catch {
      // Nothing that needs a right is offered until the server has said which ones there are.
    }
  }

  private async loadOverview(): Promise<void> {
    try {
      const overview = await this.api.overview();
      this.store.dispatch({ type: 'overview', overview });
      this.stream.start(overview.feed_seq);
    } catch {
      // The status bar keeps its numbers; the connection state says that they are old.
    }
  }

  private async loadImportErrors(): Promise<void> {
    try {
      this.store.dispatch({ type: 'import-errors', errors: await this.api.importErrors() });
    } catch {
      // The table shows the same problem with a way to retry.
    }
  }

  private async loadRunLists(): Promise<void> {
    const dagIds = [...this.touchedLists].filter(dagId => this.shownRuns.has(dagId));
    this.touchedLists.clear();
    await Promise.all(dagIds.map(dagId => this.loadRuns(dagId)));
  }

  private async loadRuns(dagId: string): Promise<void> {
    this.store.dispatch({ type: 'runs.loading', dagId });
    try {
      const list = await this.api.runs(dagId, RUNS_SHOWN);
      if (this.shownRuns.has(dagId)) {
        this.store.dispatch({ type: 'runs.loaded', dagId, list });
      }
    } catch (error) {
      this.store.dispatch({ type: 'runs.failed', dagId, problem: problemOf(error) });
    }
  }

  private async loadTasks(dagId: string, runId: string): Promise<void> {
    this.store.dispatch({ type: 'tasks.loading', dagId, runId });
    try {
      const list = await this.api.tasks(dagId, runId);
      this.store.dispatch({ type: 'tasks.loaded', dagId, runId, list });
    } catch (error) {
      this.store.dispatch({ type: 'tasks.failed', dagId, runId, problem: problemOf(error) });
    }
  }

  private hideRuns(dagId: string): void {
    this.store.dispatch({ type: 'runs.closed', dagId });
  }

  private hideTasks(key: string): void {
    const [dagId, runId] = JSON.parse(key) as [string, string];
    this.store.dispatch({ type: 'tasks.closed', dagId, runId });
  }
}
