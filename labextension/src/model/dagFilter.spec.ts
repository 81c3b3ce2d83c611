import { describe, expect, it } from 'vitest';
import {
  DAG_ORDERS,
  INITIAL_FILTERS,
  NO_NARROWING,
  PAGE_SIZES,
  changedFilter,
  isMovedByRuns,
  isNarrowed,
  nextOrder,
  readFilter,
  sortDirection,
  writeFilter,
  type DagFilter
} from './dagFilter';

const INITIAL = INITIAL_FILTERS.page;

describe('the filter of a table of DAGs', () => {
  it('comes back from the layout as it was kept', () => {
    const changes: readonly Partial<DagFilter>[] = [
      {},
      { search: 'a b', tag: 'x:y', owner: 'Ada', state: 'failed' },
      { showPaused: true, offset: 75 },
      ...DAG_ORDERS.map(orderBy => ({ orderBy })),
      ...PAGE_SIZES.map(pageSize => ({ pageSize }))
    ];
    for (const change of changes) {
      for (const table of ['sidebar', 'page'] as const) {
        const filter = { ...INITIAL_FILTERS[table], ...change };
        const kept: unknown = JSON.parse(JSON.stringify(writeFilter(table, filter)));
        const back = readFilter(kept as Record<string, unknown>);
        expect({ ...INITIAL_FILTERS[table], ...back }).toEqual(filter);
      }
    }
  });

  it('leaves out what it does not know', () => {
    const foreign = {
      search: 5,
      state: 'sideways',
      orderBy: 'x',
      pageSize: 7,
      offset: -1,
      more: 1
    };
    expect(readFilter(foreign)).toEqual({});
  });

  it('leads back to the first page unless the change is a step to another page', () => {
    const far = { ...INITIAL, offset: 50 };
    expect(changedFilter(far, { tag: 'x' }).offset).toBe(0);
    expect(changedFilter(far, { offset: 75 })).toEqual({ ...far, offset: 75 });
  });

  it('knows what narrows it and what moves its rows', () => {
    expect(isNarrowed({ ...INITIAL, showPaused: true })).toBe(false);
    expect(isNarrowed({ ...INITIAL, owner: 'Ada' })).toBe(true);
    const narrowed = { ...INITIAL, owner: 'Ada' };
    expect(isNarrowed({ ...narrowed, ...NO_NARROWING })).toBe(false);
    expect(isMovedByRuns(INITIAL)).toBe(false);
    expect(isMovedByRuns({ ...INITIAL, orderBy: '-last_run' })).toBe(true);
    expect(isMovedByRuns({ ...INITIAL, state: 'running' })).toBe(true);
    expect(isMovedByRuns({ ...INITIAL, orderBy: '-owner' })).toBe(false);
  });

  it('turns round when a head is pressed twice, and begins with the newest run', () => {
    expect(nextOrder('dag_id', 'dag_id')).toBe('-dag_id');
    expect(nextOrder('-dag_id', 'dag_id')).toBe('dag_id');
    expect(nextOrder('dag_id', 'last_run')).toBe('-last_run');
    expect(nextOrder('-last_run', 'last_run')).toBe('last_run');
    expect(sortDirection('-last_run', 'last_run')).toBe('descending');
    expect(sortDirection('-last_run', 'dag_id')).toBe('none');
  });
});
