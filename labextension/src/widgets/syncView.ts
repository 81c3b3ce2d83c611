/** Keeps the selection of a view and the traits of its Python widget the same. */
import type { RunChoice } from '../model/shownRun';
import type { DagView } from '../store/dagView';
import { tell, textOf, type WidgetModel } from './model';

function runIdOf(choice: RunChoice): string | null {
  return choice.kind === 'run' ? choice.runId : null;
}

export function choiceOf(runId: string | null): RunChoice {
  return runId === null ? { kind: 'latest' } : { kind: 'run', runId };
}

/** `selected` is the task, `run_id` the run, None the latest. Returns what ends it. */
export function syncView(view: DagView, model: WidgetModel): () => void {
  const fromPython = (): void => {
    const { taskId, choice } = view.getState();
    const selected = textOf(model, 'selected');
    const runId = textOf(model, 'run_id');
    // In one step: what listens to the view tells Python of both.
    view.dispatch({
      ...(selected === taskId ? {} : { taskId: selected, mapIndex: null, tryNumber: null }),
      ...(runId === runIdOf(choice) ? {} : { choice: choiceOf(runId), tryNumber: null })
    });
  };
  const toPython = (): void => {
    const { taskId, choice } = view.getState();
    tell(model, { selected: taskId, run_id: runIdOf(choice) });
  };
  model.on('change:selected', fromPython);
  model.on('change:run_id', fromPython);
  const unsubscribe = view.subscribe(toPython);
  return () => {
    unsubscribe();
    model.off('change:selected', fromPython);
    model.off('change:run_id', fromPython);
  };
}
