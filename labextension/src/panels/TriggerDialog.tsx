import { UUID } from '@lumino/coreutils';
import { ApiError, problemOf } from '../api/errors';
import { TriggerForm } from '../components/TriggerForm';
import { initialConf, paramsForm } from '../model/paramsForm';
import { isPaused } from '../model/selectors';
import { placeOfField, recentConfs, writeConf, type DraftProblem } from '../model/triggerDraft';
import type { Run, TriggerBody } from '../model/wire';
import type { ICouture } from '../tokens';
import { openModal } from './modal';
import { attempt } from './tell';

const RECENT_RUNS = 50;
const RECENT_SHOWN = 8;

/** What the server says against a request, at the fields it names. */
export function refusalsOf(error: unknown): readonly DraftProblem[] {
  const { message, hint } = problemOf(error);
  const place = placeOfField(error instanceof ApiError ? (error.wire?.field ?? null) : null);
  return [{ place, message: place === '' && hint ? `${message} ${hint}` : message }];
}

/** One key for each body: the same sent again, since the answer was lost, makes no second run. */
function idempotencyKeys(): (body: TriggerBody) => string {
  const keys = new Map<string, string>();
  return body => {
    const text = JSON.stringify(body);
    const key = keys.get(text) ?? UUID.uuid4();
    keys.set(text, key);
    return key;
  };
}

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
  const { params, params_schema } = detail;
  const { required } = paramsForm(params, params_schema);
  const state = session.store.getState();
  const keyOf = idempotencyKeys();
  return openModal<Run>(
    trans.__('Trigger %1', dagId),
    close => (
      <TriggerForm
        dagId={dagId}
        initial={{ conf: writeConf(initialConf(params, required)), logicalDate: '', runId: '' }}
        params={params}
        paramsSchema={params_schema}
        recent={recentConfs(last.runs, RECENT_SHOWN)}
        isPaused={isPaused(state, dagId)}
        mayTurnOn={state.me?.permissions.includes('dags.edit') ?? false}
        firstProblems={firstProblems}
        trans={trans}
        onSend={async (body: TriggerBody, turnsOn: boolean) => {
          try {
            const run = await session.trigger(dagId, { ...body, idempotency_key: keyOf(body) });
            if (turnsOn) {
              await attempt(trans, () => session.setPaused(dagId, false));
            }
            close(run);
            return [];
          } catch (error) {
            return refusalsOf(error);
          }
        }}
        onCancel={() => close(null)}
      />
    ),
    'input, textarea, select'
  );
}
