import { HTMLSelect } from '@jupyterlab/ui-components';
import { useId, useRef, useState, type ReactNode } from 'react';
import { EMPTY_BACKFILL, parseBackfill, type BackfillDraft } from '../model/backfillDraft';
import type { Translate } from '../model/labels';
import type { DraftProblem } from '../model/triggerDraft';
import type { BackfillBody, BackfillPreview, Reprocess } from '../model/wireOrders';
import { BackfillSteps } from './BackfillSteps';
import { DialogFooter } from './DialogFooter';

export interface BackfillFormProps {
  readonly dagId: string;
  readonly isPaused: boolean;
  readonly trans: Translate;
  /** What it would do; or what is wrong with it. */
  readonly onPreview: (
    body: BackfillBody
  ) => Promise<
    { readonly preview: BackfillPreview } | { readonly problems: readonly DraftProblem[] }
  >;
  /** Starts what was looked at, of which `token` stands; resolves to what the server says against it. */
  readonly onStart: (body: BackfillBody, token: string) => Promise<readonly DraftProblem[]>;
  readonly onCancel: () => void;
}

/** A preview with the request it is the answer to. */
interface Looked {
  readonly body: BackfillBody;
  readonly preview: BackfillPreview;
}

const NONE: readonly DraftProblem[] = [];

/** A range of dates and how to work through it. It is started as it was looked at, or not at all. */
export function BackfillForm(props: BackfillFormProps): JSX.Element {
  const { dagId, trans } = props;
  const [draft, setDraft] = useState(EMPTY_BACKFILL);
  const [refusals, setRefusals] = useState(NONE);
  const [looked, setLooked] = useState<Looked | null>(null);
  const [busy, setBusy] = useState<'looking' | 'starting' | null>(null);
  const asked = useRef(0); // an answer to what is not asked any more is dropped
  const id = useId();
  const parsed = parseBackfill(dagId, draft, trans);
  const problems = 'problems' in parsed ? parsed.problems : refusals;
  const preview = looked?.preview ?? null;
  const change = (part: Partial<BackfillDraft>): void => {
    asked.current += 1;
    setDraft({ ...draft, ...part });
    setRefusals(NONE);
    setLooked(null);
    setBusy(null);
  };
  const look = async (body: BackfillBody): Promise<void> => {
    asked.current += 1;
    const number = asked.current;
    setBusy('looking');
    const found = await props.onPreview(body);
    if (number !== asked.current) {
      return;
    }
    setLooked('preview' in found ? { body, preview: found.preview } : null);
    setRefusals('problems' in found ? found.problems : NONE);
    setBusy(null);
  };
  const start = async ({ body, preview: { token } }: Looked): Promise<void> => {
    setBusy('starting');
    const against = await props.onStart(body, token);
    if (against.length > 0) {
      setLooked(null); // what stands against it may be that things are not as they were
    }
    setRefusals(against);
    setBusy(null);
  };
  const field = (place: keyof BackfillDraft, label: string, input: ReactNode): JSX.Element => {
    const problem = problems.find(one => one.place === place);
    const isOpen = draft[place] === '' && 'problems' in parsed;
    return (
      <div>
        <label htmlFor={`${id}-${place}`}>{label}</label>
        {input}
        {problem && !isOpen && (
          <p className="couture-FieldError" role="alert">
            {problem.message}
          </p>
        )}
      </div>
    );
  };
  const textInput = (place: 'from' | 'to' | 'maxActive', hint: string): JSX.Element => (
    <input
      id={`${id}-${place}`}
      className="couture-Input"
      data-couture={`backfill-${place}`}
      placeholder={hint}
      inputMode={place === 'maxActive' ? 'numeric' : undefined}
      value={draft[place]}
      onChange={event => change({ [place]: event.target.value })}
    />
  );
  const touched = preview ? preview.total - (preview.counts.kept ?? 0) : 0;
  return (
    <div className="couture-Form" data-couture="backfill-form">
      {refusals
        .filter(({ place }) => place === '')
        .map(({ message }) => (
          <p key={message} className="couture-FieldError" role="alert">
            {message}
          </p>
        ))}
      {props.isPaused && (
        <p className="couture-Banner" data-kind="warning">
          {trans.__('The DAG is off. The runs wait until it is turned on.')}
        </p>
      )}
      <fieldset className="couture-Form-fields" disabled={busy === 'starting'}>
        <div className="couture-Form-pair">
          {field('from', trans.__('First logical date (UTC)'), textInput('from', '2026-01-01'))}
          {field(
            'to',
            trans.__('Last logical date (UTC), included'),
            textInput('to', '2026-01-31')
          )}
        </div>
        <div className="couture-Form-pair">
          {field(
            'reprocess',
            trans.__('Dates that have a run'),
            <HTMLSelect
              id={`${id}-reprocess`}
              className="couture-Select"
              data-couture="backfill-reprocess"
              value={draft.reprocess}
              onChange={event => change({ reprocess: event.target.value as Reprocess })}
            >
              <option value="none">{trans.__('leave them alone: only missing dates')}</option>
              <option value="failed">{trans.__('do failed runs again')}</option>
              <option value="completed">{trans.__('do all runs again that have ended')}</option>
            </HTMLSelect>
          )}
          {field('maxActive', trans.__('Runs at once, at most'), textInput('maxActive', '10'))}
        </div>
        <label className="couture-Check">
          <input
            type="checkbox"
            checked={draft.isBackwards}
            onChange={event => change({ isBackwards: event.target.checked })}
          />
          {trans.__('Newest date first')}
        </label>
        {field(
          'conf',
          trans.__('Configuration of its runs (JSON), if they need one'),
          <textarea
            id={`${id}-conf`}
            className="couture-Input couture-ParamField-json"
            data-couture="backfill-conf"
            rows={2}
            spellCheck={false}
            placeholder="{}"
            value={draft.conf}
            onChange={event => change({ conf: event.target.value })}
          />
        )}
      </fieldset>
      {preview && <BackfillSteps preview={preview} trans={trans} />}
      <DialogFooter
        reason={
          'problems' in parsed
            ? trans.__('Say the first and the last date.')
            : preview && touched === 0
              ? trans.__('There is nothing to do: every date is left alone.')
              : null
        }
        isBusy={busy !== null}
        trans={trans}
        onCancel={props.onCancel}
        buttons={
          looked
            ? [
                {
                  hook: 'start-backfill',
                  label: trans._n('Start %1 run', 'Start %1 runs', touched),
                  isMain: true,
                  run: () => void start(looked)
                }
              ]
            : [
                {
                  hook: 'preview-backfill',
                  label: trans.__('Look at what it would do'),
                  isMain: true,
                  run: () => void ('body' in parsed && look(parsed.body))
                }
              ]
        }
      />
    </div>
  );
}
