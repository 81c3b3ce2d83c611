import { useId, useState } from 'react';
import type { Translate } from '../model/labels';
import type { TriggerDraft } from '../model/triggerDraft';
import type { JsonObject } from '../model/wire';

export interface TriggerFormProps {
  readonly initial: TriggerDraft;
  readonly params: JsonObject;
  readonly problem: string | null;
  readonly trans: Translate;
  readonly onChange: (draft: TriggerDraft) => void;
}

/** Conf, logical date and run id of a run to trigger. */
export function TriggerForm(props: TriggerFormProps): JSX.Element {
  const { initial, params, problem, trans, onChange } = props;
  const [draft, setDraft] = useState(initial);
  const id = useId();
  const change = (part: Partial<TriggerDraft>): void => {
    const next = { ...draft, ...part };
    setDraft(next);
    onChange(next);
  };
  return (
    <div className="couture-TriggerForm" data-couture="trigger-form">
      {problem && (
        <p className="couture-TriggerForm-problem" role="alert">
          {problem}
        </p>
      )}
      <label htmlFor={`${id}-conf`}>{trans.__('Configuration (JSON)')}</label>
      <textarea
        id={`${id}-conf`}
        className="couture-Input"
        data-couture="conf"
        rows={8}
        spellCheck={false}
        value={draft.conf}
        onChange={event => change({ conf: event.target.value })}
      />
      {Object.keys(params).length > 0 && (
        <p className="couture-faint">
          {trans.__('Filled in with the parameters of the DAG; change what should differ.')}
        </p>
      )}
      <label htmlFor={`${id}-date`}>{trans.__('Logical date (UTC)')}</label>
      <input
        id={`${id}-date`}
        className="couture-Input"
        placeholder={trans.__('now')}
        value={draft.logicalDate}
        onChange={event => change({ logicalDate: event.target.value })}
      />
      <label htmlFor={`${id}-run`}>{trans.__('Run id')}</label>
      <input
        id={`${id}-run`}
        className="couture-Input"
        placeholder={trans.__('chosen by Couture')}
        value={draft.runId}
        onChange={event => change({ runId: event.target.value })}
      />
    </div>
  );
}
