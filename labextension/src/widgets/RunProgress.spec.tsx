// @vitest-environment jsdom
import { ServerConnection } from '@jupyterlab/services';
import { afterEach, expect, it } from 'vitest';
import { CoutureApi } from '../api/rest';
import { CoutureSession } from '../store/session';
import { english } from '../testing/builders';
import { FakeModel } from '../testing/fakeModel';
import { render, type Rendered } from '../testing/render';
import { RunProgress } from './RunProgress';

/** A session whose server has not answered yet. */
function waitingSession(): CoutureSession {
  const fetch = (): Promise<Response> => new Promise(() => undefined);
  return new CoutureSession(new CoutureApi(ServerConnection.makeSettings({ fetch })));
}

let shown: Rendered | null = null;

afterEach(() => shown?.unmount());

it.each([null, 'run-1'])('does not take back what Python knows of run %s', runId => {
  const session = waitingSession();
  const model = new FakeModel({ dag_id: 'etl', run_id: runId, state: 'success', done: true });
  shown = render(<RunProgress live={{ session, trans: english }} model={model} dagId="etl" />);
  expect(shown.host.textContent).toContain('Loading…');
  expect(model.saved).toEqual([]);
  expect([model.get('state'), model.get('done')]).toEqual(['success', true]);
  session.dispose();
});
