import { describe, expect, it } from 'vitest';
import { createDagView } from '../store/dagView';
import { FakeModel } from '../testing/fakeModel';
import { syncView } from './syncView';

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

  it('ends', () => {
    const { model, view, end } = synced();
    end();
    view.dispatch({ taskId: 'load' });
    model.receive({ selected: 'clean' });
    expect(model.saved).toEqual([]);
    expect(view.getState().taskId).toBe('load');
  });
});
