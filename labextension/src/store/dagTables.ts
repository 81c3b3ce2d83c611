/**
 * Keeps the tables of DAGs that are shown up to date.
 *
 * A row whose DAG changed is fetched alone; where many changed at once, or where the change can move rows, the page of
 * the table is. A table that nobody shows is not kept: it is fetched when it is shown again.
 */
import { DisposableDelegate, type IDisposable } from '@lumino/disposable';
import { problemOf } from '../api/errors';
import type { CoutureApi } from '../api/rest';
import {
  isMovedByRuns,
  type DagFilter,
  type TableId,
  type WidgetTableId
} from '../model/dagFilter';
import type { Action } from '../model/reducer';
import { tableOf, type CoutureState } from '../model/state';
import type { DagList, StreamEvent } from '../model/wire';
import { References } from './references';
import type { Store } from './store';
import { Throttle } from './throttle';

const FEW_DAGS = 6;

export class DagTables implements IDisposable {
  private readonly shown = new References<TableId>(() => undefined);
  private readonly loads = new Map<TableId, Throttle>();
  private disposed = false;

  constructor(
    private readonly store: Store<CoutureState, Action>,
    private readonly api: Pick<CoutureApi, 'dags'>,
    private readonly intervalMs: number
  ) {}

  get isDisposed(): boolean {
    return this.disposed;
  }

  dispose(): void {
    this.disposed = true;
    this.loads.forEach(load => load.dispose());
  }

  /** Keeps a table up to date until disposed. */
  show(id: TableId): IDisposable {
    if (this.shown.acquire(id)) {
      this.loadOf(id).request();
    }
    return new DisposableDelegate(() => this.shown.release(id));
  }

  setFilter(id: TableId, filter: Partial<DagFilter>): void {
    this.store.dispatch({ type: 'filter', table: id, filter });
    if (this.shown.has(id)) {
      this.loadOf(id).hurry();
    }
  }

  /** Forgets the table of a widget. */
  close(id: WidgetTableId): void {
    this.loads.get(id)?.dispose();
    this.loads.delete(id);
    this.store.dispatch({ type: 'table.closed', table: id });
  }

  /** Fetches the shown tables again. */
  request(): void {
    this.shown.keys().forEach(id => this.loadOf(id).request());
  }

  get hasFailed(): boolean {
    const state = this.store.getState();
    return this.shown.keys().some(id => tableOf(state, id).load.status === 'failed');
  }

  /** Fetches what an event may have moved to another row, or in or out of sight. */
  onEvent(event: StreamEvent): void {
    const state = this.store.getState();
    for (const id of this.shown.keys()) {
      const { filter, order } = tableOf(state, id);
      const isMoved =
        event.kind === 'dag.removed' ||
        event.kind === 'import_errors.changed' ||
        (event.kind === 'dag.changed' && !order.includes(event.dag_id)) ||
        (event.kind === 'run.state' && isMovedByRuns(filter));
      if (isMoved) {
        this.loadOf(id).request();
      }
    }
  }

  /** Which of these rows to fetch one by one; where they are many, their tables are fetched instead. */
  rowsToLoad(dagIds: readonly string[]): readonly string[] {
    const state = this.store.getState();
    const single = new Set<string>();
    for (const id of this.shown.keys()) {
      const order = new Set(tableOf(state, id).order);
      const here = dagIds.filter(dagId => order.has(dagId));
      if (here.length > FEW_DAGS) {
        this.loadOf(id).request();
      } else {
        here.forEach(dagId => single.add(dagId));
      }
    }
    return [...single];
  }

  private loadOf(id: TableId): Throttle {
    let load = this.loads.get(id);
    if (!load) {
      load = new Throttle(() => this.load(id), this.intervalMs);
      this.loads.set(id, load);
    }
    return load;
  }

  private async load(id: TableId): Promise<void> {
    this.store.dispatch({ type: 'dags.loading', table: id });
    const { filter } = tableOf(this.store.getState(), id);
    try {
      const list = await this.api.dags({
        search: filter.search,
        tag: filter.tag,
        owner: filter.owner,
        state: filter.state,
        paused: filter.showPaused ? null : false,
        order_by: filter.orderBy,
        limit: filter.pageSize,
        offset: filter.offset
      });
      // What the user asked for meanwhile is fetched next; the old answer would show it for a moment.
      if (this.isAsked(id, filter) && !this.stepBack(id, filter, list)) {
        this.store.dispatch({ type: 'dags.loaded', table: id, list });
      }
    } catch (error) {
      if (this.loads.has(id)) {
        this.store.dispatch({ type: 'dags.failed', table: id, problem: problemOf(error) });
      }
    }
  }

  /** Whether that is still what is to be shown; a table that was closed asks for nothing. */
  private isAsked(id: TableId, filter: DagFilter): boolean {
    return this.loads.has(id) && tableOf(this.store.getState(), id).filter === filter;
  }

  /** Where the page has no rows any more, goes to the last one that has. */
  private stepBack(id: TableId, filter: DagFilter, list: DagList): boolean {
    if (list.dags.length > 0 || filter.offset === 0) {
      return false;
    }
    const last = Math.floor(Math.max(0, list.total - 1) / filter.pageSize) * filter.pageSize;
    this.setFilter(id, { offset: Math.min(last, Math.max(0, filter.offset - filter.pageSize)) });
    return true;
  }
}
