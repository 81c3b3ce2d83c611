import { useState } from 'react';
import { problemOf } from '../api/errors';
import { actOnRun, previewRunAction } from '../api/orders';
import { RunActionForm } from '../components/RunActionForm';
import type { Run } from '../model/wire';
import type { OrderReply, RunAction } from '../model/wireOrders';
import { useFetched } from '../store/hooks';
import { DIALOG_PATIENCE_MS, outcomeOf } from '../store/orders';
import type { ICouture } from '../tokens';
import { openModal } from './modal';

interface BodyProps {
  readonly couture: ICouture;
  readonly run: Run;
  readonly first: RunAction;
  readonly hasNewerVersion: boolean;
  readonly close: (reply: OrderReply | null) => void;
}

function RunActionBody({ couture, run, first, hasNewerVersion, close }: BodyProps): JSX.Element {
  const { session, trans } = couture;
  const { dag_id, run_id } = run;
  const [action, setAction] = useState(first);
  const [round, setRound] = useState(0);
  const key = action.kind === 'clear' ? { ...action, latestVersion: false } : action;
  const found = useFetched(JSON.stringify([key, round]), () =>
    previewRunAction(session.api, dag_id, run_id, action)
  );
  return (
    <RunActionForm
      action={action}
      preview={found.value}
      load={found.load}
      hasNewerVersion={hasNewerVersion}
      isActive={run.state === 'running' || run.state === 'queued'}
      trans={trans}
      onAction={setAction}
      onRetry={found.retry}
      onSend={async (wanted, expect) => {
        try {
          const given = await actOnRun(session.api, dag_id, run_id, wanted, expect);
          close(await outcomeOf(session.api, given, DIALOG_PATIENCE_MS));
          return null;
        } catch (error) {
          setRound(round + 1); // what is there may be another by now
          return problemOf(error).message;
        }
      }}
      onCancel={() => close(null)}
    />
  );
}

/** Shows what an action on a run would touch, and does it. Null: the user gave up. */
export async function askAndActOnRun(
  couture: ICouture,
  dagId: string,
  runId: string,
  action: RunAction
): Promise<OrderReply | null> {
  const { session, trans } = couture;
  const run = await session.api.run(dagId, runId);
  const newest = session.store.getState().dags.get(dagId)?.version;
  const titles: Readonly<Record<RunAction['kind'], string>> = {
    clear: trans.__('Clear run'),
    mark:
      action.kind === 'mark' && action.state === 'success'
        ? trans.__('Mark run as success')
        : trans.__('Mark run as failed'),
    delete: trans.__('Delete run')
  };
  return openModal<OrderReply>(
    `${titles[action.kind]} ${runId}`,
    close => (
      <RunActionBody
        couture={couture}
        run={run}
        first={action}
        hasNewerVersion={newest !== undefined && newest !== run.version}
        close={close}
      />
    ),
    'button[data-couture="dialog-cancel"]'
  );
}
