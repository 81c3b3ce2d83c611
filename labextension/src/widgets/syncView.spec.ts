import { describe, expect, it } from 'vitest';
import { createDagView } from '../store/dagView';
import { FakeModel } from '../testing/fakeModel';
import { syncView } from './syncView';

/** The traits of a widget of one task, which has no selection. */
const OF_TASK = { selected: undefined, task_id: null, map_index: -1, attempt: null };

function synced(values: Record<string, unknown> = {}): {
  model: FakeModel;
  view: ReturnType<typeof createDagView>;
  end: () => void;
} {
  const model = new FakeModel({ selected: null, run_id: null, ...values });
  const view = createDagView({}, 'LR');
  return { model, view, end: syncView(view, model) };
}

describe('syncView', () => {
  it('tells Python of a task that is chosen on the page', () => {
    const { model, view } = synced();
    view.dispatch({ taskId: 'load' });
    expect(model.saved).toEqual([{ selected: 'load' }]);
  });

  it('tells Python of a run, and of the latest as none', () => {
    const { model, view } = synced();
    view.dispatch({ choice: { kind: 'run', runId: 'r1' } });
    view.dispatch({ choice: { kind: 'latest' } });
    expect(model.saved).toEqual([{ run_id: 'r1' }, { run_id: null }]);
  });

  it('tells Python of a task and a run that are chosen together', () => {
    const { model, view } = synced();
    view.dispatch({ taskId: 'load', choice: { kind: 'run', runId: 'r1' } });
    expect(model.saved).toEqual([{ selected: 'load', run_id: 'r1' }]);
    expect(view.getState()).toMatchObject({
      taskId: 'load',
      choice: { kind: 'run', runId: 'r1' }
    });
  });

  it('is silent when nothing that Python knows has changed', () => {
    const { model, view } = synced();
    view.dispatch({ isList: true });
    expect(model.saved).toEqual([]);
  });

  it('shows what Python sets, both traits at once, and does not answer', () => {
    const { model, view } = synced();
    model.receive({ selected: 'load', run_id: 'r2' });
    expect(view.getState()).toMatchObject({
      taskId: 'load',
      choice: { kind: 'run', runId: 'r2' }
    });
    expect(model.saved).toEqual([]);
  });

  it('keeps the newest version on show when Python hears that no run is chosen', () => {
    const { model, view } = synced({ run_id: 'r1' });
    view.dispatch({ choice: { kind: 'version' } });
    model.receive({ selected: 'load' });
    expect(view.getState().choice).toEqual({ kind: 'version' });
    expect(model.get('run_id')).toBeNull();
  });

  it('keeps instance and attempt, and leaves them when Python names another task', () => {
    const { model, view } = synced({ ...OF_TASK, task_id: 'load' });
    model.receive({ task_id: 'load' });
    view.dispatch({ mapIndex: 3, tryNumber: 2 });
    expect(model.saved).toEqual([{ map_index: 3, attempt: 2 }]);
    model.receive({ task_id: 'clean' });
    expect(view.getState()).toMatchObject({ taskId: 'clean', mapIndex: null, tryNumber: null });
    expect(model.get('map_index')).toBe(-1);
    expect(model.get('attempt')).toBeNull();
  });

  it('takes task, instance and attempt that are named together', () => {
    const { model, view } = synced(OF_TASK);
    model.receive({ task_id: 'load', map_index: 4, attempt: 1 });
    expect(view.getState()).toMatchObject({ taskId: 'load', mapIndex: 4, tryNumber: 1 });
  });

  it('tells nothing of traits that the widget has not', () => {
    const model = new FakeModel({ run_id: null });
    const view = createDagView({}, 'LR');
    syncView(view, model);
    view.dispatch({ taskId: 'load', mapIndex: 2, choice: { kind: 'run', runId: 'r1' } });
    expect(model.saved).toEqual([{ run_id: 'r1' }]);
  });

  it('ends', () => {
    const { model, view, end } = synced();
    end();
    view.dispatch({ taskId: 'load' });
    model.receive({ selected: 'clean' });
    expect(model.saved).toEqual([]);
    expect(view.getState().taskId).toBe('load');
  });
});
