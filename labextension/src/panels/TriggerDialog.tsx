import { TriggerForm } from '../components/TriggerForm';
import type { DraftProblem } from '../model/triggerDraft';
import type { Run } from '../model/wire';
import type { ICouture } from '../tokens';
import { ConnectedTriggerForm } from './ConnectedTriggerForm';
import { openModal } from './modal';
import { complain } from './tell';

export { refusalsOf } from './ConnectedTriggerForm';

const RECENT_RUNS = 50;

/** Asks for conf, logical date and run id, and triggers. Null: the user gave up. */
export async function askAndTrigger(
  couture: ICouture,
  dagId: string,
  firstProblems: readonly DraftProblem[] = []
): Promise<Run | null> {
  const { session, trans } = couture;
  const [detail, last] = await Promise.all([
    session.loadDag(dagId),
    session.api.runs(dagId, RECENT_RUNS)
  ]);
  return openModal<Run>(
    trans.__('Trigger %1', dagId),
    close => (
      <ConnectedTriggerForm
        Form={TriggerForm}
        couture={couture}
        detail={detail}
        runs={last.runs}
        firstProblems={firstProblems}
        onRun={(run, problem) => {
          if (problem !== null) {
            complain(problem, trans);
          }
          close(run);
        }}
        onCancel={() => close(null)}
      />
    ),
    'input, textarea, select'
  );
}
