import { useId, useMemo, useState, type KeyboardEvent } from 'react';
import { formatUtc } from '../model/format';
import type { Translate } from '../model/labels';
import { initialConf, paramsForm } from '../model/paramsForm';
import {
  parseConf,
  parseDate,
  parseDraft,
  writeConf,
  type DraftProblem,
  type RecentConf,
  type TriggerDraft
} from '../model/triggerDraft';
import type { JsonObject, TriggerBody } from '../model/wire';
import { DialogFooter } from './DialogFooter';
import { Tabs } from './Tabs';
import { checkConf } from './trigger/checkConf';
import { ConfText } from './trigger/ConfText';
import { ParamsFields } from './trigger/ParamsFields';
import { RecentConfs } from './trigger/RecentConfs';

export interface TriggerFormProps {
  readonly dagId: string;
  readonly initial: TriggerDraft;
  readonly params: JsonObject;
  readonly paramsSchema: JsonObject;
  readonly recent: readonly RecentConf[];
  readonly isPaused: boolean;
  readonly mayTurnOn: boolean;
  /** What the server said about a request that was sent before. */
  readonly firstProblems?: readonly DraftProblem[] | undefined;
  readonly trans: Translate;
  /** Sends it; resolves to what the server says against it, nothing if the run is made. */
  readonly onSend: (body: TriggerBody, turnsOn: boolean) => Promise<readonly DraftProblem[]>;
  /** Absent where there is nothing to go back to. */
  readonly onCancel?: (() => void) | undefined;
}

type Mode = 'form' | 'json';
const NONE: readonly DraftProblem[] = [];

/** Parameters, logical date and id of a run to trigger. Nothing is sent that cannot be right. */
export function TriggerForm(props: TriggerFormProps): JSX.Element {
  const { initial, params, isPaused, mayTurnOn, trans } = props;
  const [draft, setDraft] = useState(initial);
  const [mode, setMode] = useState<Mode>(Object.keys(params).length > 0 ? 'form' : 'json');
  const [isBusy, setBusy] = useState(false);
  const [refusals, setRefusals] = useState(props.firstProblems ?? NONE);
  const id = useId();
  const form = useMemo(() => paramsForm(params, props.paramsSchema), [params, props.paramsSchema]);
  const parsed = useMemo(
    () => parseDraft(draft, conf => checkConf(form, conf), trans),
    [draft, form, trans]
  );
  const problems = 'problems' in parsed ? parsed.problems : refusals;
  const conf = parseConf(draft.conf, trans);
  const change = (part: Partial<TriggerDraft>): void => {
    setDraft({ ...draft, ...part });
    setRefusals(NONE);
  };
  const send = async (turnsOn: boolean): Promise<void> => {
    if ('body' in parsed && !isBusy) {
      setBusy(true);
      setRefusals(await props.onSend(parsed.body, turnsOn));
      setBusy(false);
    }
  };
  const canTurnOn = isPaused && mayTurnOn;
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      event.stopPropagation();
      void send(canTurnOn);
    }
  };
  const problemAt = (place: string): string | undefined =>
    problems.find(problem => problem.place === place)?.message;
  const general = refusals.filter(({ place }) => place === '');
  const at = parseDate(draft.logicalDate.trim());
  const hasParams = Object.keys(params).length > 0;
  return (
    <div className="couture-Form" data-couture="trigger-form" onKeyDown={onKeyDown}>
      {isPaused && (
        <p className="couture-Banner" data-kind="warning" data-couture="paused-note">
          {canTurnOn
            ? trans.__('The DAG is off. The run waits until it is turned on.')
            : trans.__('The DAG is off. The run waits until somebody turns it on.')}
        </p>
      )}
      {general.map(({ message }) => (
        <p key={message} className="couture-FieldError" role="alert">
          {message}
        </p>
      ))}
      <div className="couture-Form-bar">
        {hasParams ? (
          <Tabs<Mode>
            tabs={[
              { id: 'form', label: trans.__('Parameters') },
              { id: 'json', label: trans.__('JSON') }
            ]}
            current={mode}
            label={trans.__('How to enter the configuration')}
            onChange={setMode}
          />
        ) : (
          <span className="couture-Form-title">{trans.__('Configuration (JSON)')}</span>
        )}
        <span className="couture-spring" />
        <RecentConfs
          recent={props.recent}
          trans={trans}
          onPick={({ run }) =>
            change({ conf: writeConf({ ...initialConf(params, form.required), ...run.conf }) })
          }
        />
      </div>
      {mode === 'json' ? (
        <ConfText
          text={draft.conf}
          problems={problems}
          trans={trans}
          onText={text => change({ conf: text })}
        />
      ) : 'conf' in conf ? (
        <ParamsFields
          form={form}
          defaults={params}
          conf={conf.conf}
          problems={problems}
          trans={trans}
          onConf={next => change({ conf: writeConf(next) })}
        />
      ) : (
        <p className="couture-FieldError" role="alert">
          {trans.__('Mend the JSON first. %1', conf.problem)}
        </p>
      )}
      <div className="couture-Form-pair">
        <div>
          <label htmlFor={`${id}-date`}>{trans.__('Logical date (UTC)')}</label>
          <input
            id={`${id}-date`}
            className="couture-Input"
            data-couture="logical-date"
            placeholder={trans.__('now')}
            value={draft.logicalDate}
            aria-describedby={`${id}-date-hint`}
            aria-invalid={problemAt('logicalDate') !== undefined}
            onChange={event => change({ logicalDate: event.target.value })}
          />
          <p
            id={`${id}-date-hint`}
            className={problemAt('logicalDate') ? 'couture-FieldError' : 'couture-faint'}
          >
            {problemAt('logicalDate') ??
              (at ? formatUtc(at) : trans.__('Empty: now. For example 2026-01-31 12:00'))}
          </p>
        </div>
        <div>
          <label htmlFor={`${id}-run`}>{trans.__('Run id')}</label>
          <input
            id={`${id}-run`}
            className="couture-Input"
            data-couture="run-id"
            placeholder={trans.__('chosen by Couture')}
            value={draft.runId}
            aria-describedby={`${id}-run-hint`}
            aria-invalid={problemAt('runId') !== undefined}
            onChange={event => change({ runId: event.target.value })}
          />
          <p
            id={`${id}-run-hint`}
            className={problemAt('runId') ? 'couture-FieldError' : 'couture-faint'}
          >
            {problemAt('runId') ?? trans.__('Only to find the run again by a name of yours')}
          </p>
        </div>
      </div>
      <DialogFooter
        reason={'problems' in parsed ? reasonText(parsed.problems, trans) : null}
        isBusy={isBusy}
        trans={trans}
        onCancel={props.onCancel}
        buttons={[
          {
            hook: 'send-trigger',
            label: canTurnOn ? trans.__('Trigger, leave off') : trans.__('Trigger'),
            isMain: !canTurnOn,
            run: () => void send(false)
          },
          ...(canTurnOn
            ? [
                {
                  hook: 'send-trigger-on',
                  label: trans.__('Turn on and trigger'),
                  isMain: true,
                  run: () => void send(true)
                }
              ]
            : [])
        ]}
      />
    </div>
  );
}

function reasonText(problems: readonly DraftProblem[], trans: Translate): string {
  const [first] = problems;
  const { place, message } = first ?? { place: '', message: '' };
  const name = place.startsWith('conf.') ? `${place.slice('conf.'.length)}: ` : '';
  return problems.length > 1
    ? trans.__('%1%2 (and %3 more)', name, message, problems.length - 1)
    : `${name}${message}`;
}
