import { UUID } from '@lumino/coreutils';
import { useState, type ComponentType } from 'react';
import { ApiError, problemOf } from '../api/errors';
import type { TriggerFormProps } from '../components/TriggerForm';
import { initialConf, paramsForm } from '../model/paramsForm';
import { isPaused } from '../model/selectors';
import { placeOfField, recentConfs, writeConf, type DraftProblem } from '../model/triggerDraft';
import type { DagDetail, Run, TriggerBody } from '../model/wire';
import { useCouture, useMay } from '../store/hooks';
import type { Live } from './tabs/types';

const RECENT_SHOWN = 8;

/** What the server says against a request, at the fields it names. */
export function refusalsOf(error: unknown): readonly DraftProblem[] {
  const { message, hint } = problemOf(error);
  const place = placeOfField(error instanceof ApiError ? (error.wire?.field ?? null) : null);
  return [{ place, message: place === '' && hint ? `${message} ${hint}` : message }];
}

/** One key for each body: the same sent again, since the answer was lost, makes no second run. */
class IdempotencyKeys {
  private readonly keys = new Map<string, string>();

  of(body: TriggerBody): string {
    const text = JSON.stringify(body);
    const key = this.keys.get(text) ?? UUID.uuid4();
    this.keys.set(text, key);
    return key;
  }

  /** After an answer the same body means another run. */
  forget(): void {
    this.keys.clear();
  }
}

export interface ConnectedTriggerFormProps {
  /** Given from outside: pages of notebooks fetch it when it is first shown. */
  readonly Form: ComponentType<TriggerFormProps>;
  readonly couture: Live;
  readonly detail: DagDetail;
  /** The newest runs, whose configurations are offered again. */
  readonly runs: readonly Run[];
  readonly firstProblems?: readonly DraftProblem[];
  /** `problem`: why the DAG could not be turned on; null if it could, or was not asked for. */
  readonly onRun: (run: Run, problem: unknown) => void;
  readonly onCancel?: () => void;
}

/** Conf, logical date and run id of a run, which is triggered from here. */
export function ConnectedTriggerForm(props: ConnectedTriggerFormProps): JSX.Element {
  const { Form, couture, detail, runs, firstProblems, onRun, onCancel } = props;
  const { session, trans } = couture;
  const { dag_id, params, params_schema } = detail;
  const may = useMay(session);
  const isOff = useCouture(session, state => isPaused(state, dag_id));
  const [keys] = useState(() => new IdempotencyKeys());
  const [initial] = useState(() => {
    const { required } = paramsForm(params, params_schema);
    return { conf: writeConf(initialConf(params, required)), logicalDate: '', runId: '' };
  });
  const send = async (body: TriggerBody, turnsOn: boolean): Promise<readonly DraftProblem[]> => {
    try {
      const run = await session.trigger(dag_id, { ...body, idempotency_key: keys.of(body) });
      keys.forget();
      const problem = turnsOn
        ? await session.setPaused(dag_id, false).then(
            () => null,
            (error: unknown) => error
          )
        : null;
      onRun(run, problem);
      return [];
    } catch (error) {
      return refusalsOf(error);
    }
  };
  return (
    <Form
      dagId={dag_id}
      initial={initial}
      params={params}
      paramsSchema={params_schema}
      recent={recentConfs(runs, RECENT_SHOWN)}
      isPaused={isOff}
      mayTurnOn={may('dags.edit')}
      firstProblems={firstProblems}
      trans={trans}
      onSend={send}
      onCancel={onCancel}
    />
  );
}
