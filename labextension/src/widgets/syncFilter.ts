/** Keeps what a table of DAGs shows and the traits of its Python widget the same. */
import type { DagFilter, WidgetTableId } from '../model/dagFilter';
import { tableOf, type CoutureState } from '../model/state';
import { RUN_STATES } from '../model/wire';
import type { Readable } from '../store/store';
import { isTelling, tell, type WidgetModel } from './model';

/** What of the session it needs. */
export interface FilterHolder {
  readonly store: Readable<CoutureState>;
  setFilter(table: WidgetTableId, filter: Partial<DagFilter>): void;
}

const TRAITS = ['search', 'tag', 'owner', 'state', 'show_paused'] as const;

function asked(model: WidgetModel): Partial<DagFilter> {
  const text = (name: string): string => String(model.get(name) ?? '');
  return {
    search: text('search'),
    tag: text('tag'),
    owner: text('owner'),
    state: RUN_STATES.find(each => each === model.get('state')) ?? null,
    showPaused: model.get('show_paused') === true
  };
}

/** Returns what ends it. */
export function syncFilter(
  session: FilterHolder,
  table: WidgetTableId,
  model: WidgetModel
): () => void {
  const filter = (): DagFilter => tableOf(session.store.getState(), table).filter;
  const fromPython = (): void => {
    if (isTelling(model)) {
      return;
    }
    const now = filter();
    const wanted = Object.entries(asked(model)).filter(
      ([key, value]) => now[key as keyof DagFilter] !== value
    );
    if (wanted.length > 0) {
      session.setFilter(table, Object.fromEntries(wanted));
    }
  };
  let told = filter();
  const toPython = (): void => {
    const now = filter();
    if (now !== told) {
      told = now;
      const { search, tag, owner, state, showPaused } = now;
      tell(model, { search, tag, owner, state, show_paused: showPaused });
    }
  };
  fromPython();
  told = filter();
  TRAITS.forEach(name => model.on(`change:${name}`, fromPython));
  const unsubscribe = session.store.subscribe(toPython);
  return () => {
    unsubscribe();
    TRAITS.forEach(name => model.off(`change:${name}`, fromPython));
  };
}
