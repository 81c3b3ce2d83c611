import { describe, expect, it, vi, type Mock } from 'vitest';
import { reduce, type Action } from '../model/reducer';
import { INITIAL_STATE, tableOf, type CoutureState } from '../model/state';
import { createStore, type Store } from '../store/store';
import { FakeModel } from '../testing/fakeModel';
import { syncFilter, type FilterHolder } from './syncFilter';

const TABLE = 'widget-1';
const PLAIN = { search: '', tag: '', owner: '', state: null, show_paused: false };

function synced(values: Readonly<Record<string, unknown>> = {}): {
  readonly model: FakeModel;
  readonly store: Store<CoutureState, Action>;
  readonly setFilter: Mock<FilterHolder['setFilter']>;
  readonly end: () => void;
} {
  const model = new FakeModel({ ...PLAIN, ...values });
  const store = createStore(reduce, INITIAL_STATE);
  const setFilter = vi.fn<FilterHolder['setFilter']>((table, filter) =>
    store.dispatch({ type: 'filter', table, filter })
  );
  return { model, store, setFilter, end: syncFilter({ store, setFilter }, TABLE, model) };
}

describe('syncFilter', () => {
  it('begins with what Python says and tells it nothing', () => {
    const { model, store } = synced({ search: 'etl', state: 'failed', show_paused: true });
    const { filter } = tableOf(store.getState(), TABLE);
    expect(filter).toMatchObject({ search: 'etl', state: 'failed', showPaused: true });
    expect(model.saved).toEqual([]);
  });

  it('takes what Python changes, and leaves the tables of the lab alone', () => {
    const { model, store } = synced();
    model.receive({ tag: 'daily' });
    expect(tableOf(store.getState(), TABLE).filter.tag).toBe('daily');
    expect(store.getState().tables.page.filter.tag).toBe('');
  });

  it('tells Python once what was chosen on the page', () => {
    const { model, setFilter } = synced({ tag: 'daily' });
    setFilter(TABLE, { tag: '', owner: 'ann', orderBy: '-last_run' });
    expect(model.saved).toEqual([{ tag: '', owner: 'ann' }]);
    expect(setFilter).toHaveBeenCalledTimes(2);
  });

  it('is not disturbed by what it does not know', () => {
    const { store } = synced({ state: 'gone' });
    expect(tableOf(store.getState(), TABLE).filter.state).toBeNull();
  });

  it('ends', () => {
    const { model, store, setFilter, end } = synced();
    end();
    model.receive({ search: 'etl' });
    expect(tableOf(store.getState(), TABLE).filter.search).toBe('');
    setFilter(TABLE, { search: 'load' });
    expect(model.saved).toEqual([]);
  });
});
