import { useState } from 'react';
import { problemOf } from '../api/errors';
import { Notice, ProblemNotice } from '../components/Notice';
import type { RunChoice } from '../model/shownRun';
import type { Run } from '../model/wire';
import {
  ConnectedTriggerForm,
  type ConnectedTriggerFormProps
} from '../panels/ConnectedTriggerForm';
import { loadable } from '../panels/loadable';
import { useShownRun } from '../panels/useShownRun';
import { useCouture, useMay } from '../store/hooks';
import { loadForms } from './loadForms';
import { tell } from './model';
import type { ViewProps } from './views';

const LATEST: RunChoice = { kind: 'latest' };

const LoadedForm = loadable<Omit<ConnectedTriggerFormProps, 'Form'>>(async () => {
  const { TriggerForm: Form } = await loadForms();
  return { default: props => <ConnectedTriggerForm {...props} Form={Form} /> };
});

interface Made {
  readonly runId: string;
  /** Why the DAG is still off; empty if it is not. */
  readonly warning: string;
}

/** A form of the parameters of a DAG; Python hears which run was made of it. */
export function TriggerForm({ live, model, dagId }: ViewProps): JSX.Element {
  const { trans } = live;
  const [made, setMade] = useState<Made | null>(null);
  const onRun = (run: Run, problem: unknown): void => {
    setMade({ runId: run.run_id, warning: problem === null ? '' : problemOf(problem).message });
    tell(model, { run_id: run.run_id });
  };
  return (
    <>
      <header className="couture-Widget-head">
        <span className="couture-Widget-title">{trans.__('Trigger %1', dagId)}</span>
      </header>
      <Body live={live} dagId={dagId} onRun={onRun} />
      {made && (
        <div
          className="couture-Banner"
          data-kind={made.warning === '' ? 'info' : 'warning'}
          data-couture="triggered"
          data-run-id={made.runId}
          role="status"
        >
          <span>{trans.__('The run %1 was made.', made.runId)}</span>
          {made.warning !== '' && <span>{made.warning}</span>}
        </div>
      )}
    </>
  );
}

type BodyProps = Pick<ViewProps, 'live' | 'dagId'> & Pick<ConnectedTriggerFormProps, 'onRun'>;

function Body({ live, dagId, onRun }: BodyProps): JSX.Element {
  const { session, trans } = live;
  const { detail, runs } = useShownRun(session, dagId, LATEST);
  const may = useMay(session);
  const isKnown = useCouture(session, state => state.me !== null);
  if (isKnown && !may('runs.trigger')) {
    return <Notice title={trans.__('You may not trigger runs')} />;
  }
  if (detail.value && isKnown) {
    return (
      <div className="couture-WidgetForm">
        <LoadedForm couture={live} detail={detail.value} runs={runs} onRun={onRun} />
      </div>
    );
  }
  return detail.load.status === 'failed' ? (
    <ProblemNotice problem={detail.load.problem} trans={trans} onRetry={() => detail.retry()} />
  ) : (
    <Notice kind="loading" title={trans.__('Loading…')} />
  );
}
