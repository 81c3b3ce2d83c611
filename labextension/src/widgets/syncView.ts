/** Keeps what a view shows and the traits of its Python widget the same. */
import type { RunChoice } from '../model/shownRun';
import type { DagView, DagViewState } from '../store/dagView';
import { isTelling, tell, type WidgetModel } from './model';

function runIdOf(choice: RunChoice): string | null {
  return choice.kind === 'run' ? choice.runId : null;
}

function choiceOf(runId: unknown): RunChoice {
  return typeof runId === 'string' ? { kind: 'run', runId } : { kind: 'latest' };
}

interface Trait {
  /** What Python is told of the view. */
  readonly read: (state: DagViewState) => unknown;
  /** What the view makes of what Python says. */
  readonly write: (value: unknown) => Partial<DagViewState>;
}

const TASK: Trait = {
  read: state => state.taskId,
  write: value => ({
    taskId: typeof value === 'string' ? value : null,
    mapIndex: null,
    tryNumber: null
  })
};

/** A widget has some of them. Another task or run leaves no instance and no attempt chosen, so those come after it. */
const TRAITS: Readonly<Record<string, Trait>> = {
  selected: TASK,
  task_id: TASK,
  run_id: {
    read: state => runIdOf(state.choice),
    write: value => ({ choice: choiceOf(value), tryNumber: null })
  },
  map_index: {
    read: state => state.mapIndex ?? -1,
    write: value => ({ mapIndex: typeof value === 'number' && value >= 0 ? value : null })
  },
  attempt: {
    read: state => state.tryNumber,
    write: value => ({ tryNumber: typeof value === 'number' ? value : null })
  }
};

function traitsOf(model: WidgetModel): readonly (readonly [string, Trait])[] {
  return Object.entries(TRAITS).filter(([name]) => model.get(name) !== undefined);
}

/** What of the view Python wants otherwise, in one step: who listens to the view tells Python of all of it. */
export function wishOf(model: WidgetModel, state: DagViewState): Partial<DagViewState> {
  let wish: Partial<DagViewState> = {};
  for (const [name, { read, write }] of traitsOf(model)) {
    const wanted = model.get(name);
    if (wanted !== read(state)) {
      wish = { ...wish, ...write(wanted) };
    }
  }
  return wish;
}

/** None stands for the latest run, the newest attempt and no task. Returns what ends it. */
export function syncView(view: DagView, model: WidgetModel): () => void {
  const events = traitsOf(model).map(([name]) => `change:${name}`);
  const fromPython = (): void => {
    if (!isTelling(model)) {
      view.dispatch(wishOf(model, view.getState()));
    }
  };
  const toPython = (): void => {
    const state = view.getState();
    tell(model, Object.fromEntries(traitsOf(model).map(([name, { read }]) => [name, read(state)])));
  };
  events.forEach(event => model.on(event, fromPython));
  const unsubscribe = view.subscribe(toPython);
  return () => {
    unsubscribe();
    events.forEach(event => model.off(event, fromPython));
  };
}
