import { useId, useState, type KeyboardEvent } from 'react';
import { formatUtcShort } from '../../model/format';
import type { Translate } from '../../model/labels';
import { lineDiff } from '../../model/lineDiff';
import { draftOf, draftProblem, patchOf, type VariableDraft } from '../../model/variableDraft';
import type { Variable, VariableChange } from '../../model/wireVariables';
import { DialogFooter } from '../DialogFooter';
import { DiffView } from '../DiffView';
import { ValueField } from './ValueField';

export type SaveOutcome =
  | { readonly type: 'saved' }
  /** Somebody was first: what is stored now. */
  | { readonly type: 'stale'; readonly theirs: Variable }
  /** `field` is `key`, `value`, `description`, or empty if it is about all of it. */
  | { readonly type: 'refused'; readonly field: string; readonly message: string };

export interface VariableFormProps {
  /** Null: a new one. */
  readonly variable: Variable | null;
  readonly mayEdit: boolean;
  /** The newest change that the audit log knows; null: it knows none, or may not be read. */
  readonly lastChange: VariableChange | null;
  readonly trans: Translate;
  /** `known` is what the draft was made from. */
  readonly onSave: (draft: VariableDraft, known: Variable | null) => Promise<SaveOutcome>;
  readonly onCancel: () => void;
}

type Refusal = Extract<SaveOutcome, { type: 'refused' }>;

/** A variable to look at or to change. What somebody else has stored meanwhile is shown before it is overwritten. */
export function VariableForm(props: VariableFormProps): JSX.Element {
  const { mayEdit, lastChange, trans } = props;
  const [known, setKnown] = useState(props.variable);
  const [draft, setDraft] = useState(() => draftOf(props.variable));
  const [isStale, setStale] = useState(false);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const [isBusy, setBusy] = useState(false);
  const id = useId();
  const change = (part: Partial<VariableDraft>): void => {
    setDraft({ ...draft, ...part });
    setRefusal(null);
  };
  const isUnchanged = known !== null && Object.keys(patchOf(known, draft)).length === 0;
  const reason =
    draftProblem(draft, trans) ?? (isUnchanged ? trans.__('Nothing is changed yet.') : null);
  const save = async (): Promise<void> => {
    if (reason !== null || isBusy || !mayEdit) {
      return;
    }
    setBusy(true);
    const outcome = await props.onSave(draft, known);
    setBusy(false);
    if (outcome.type === 'stale') {
      setKnown(outcome.theirs);
      setStale(true);
    }
    setRefusal(outcome.type === 'refused' ? outcome : null);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      event.stopPropagation();
      void save();
    }
  };
  const refusalAt = (field: string): string | null =>
    refusal?.field === field ? refusal.message : null;
  return (
    <div className="couture-Form" data-couture="variable-form" onKeyDown={onKeyDown}>
      {isStale && known && (
        <Meanwhile
          theirs={known}
          draft={draft}
          trans={trans}
          onTake={() => {
            setDraft(draftOf(known));
            setStale(false);
          }}
        />
      )}
      {refusalAt('') && (
        <p className="couture-FieldError" role="alert">
          {refusalAt('')}
        </p>
      )}
      <div>
        <label htmlFor={`${id}-key`}>{trans.__('Key')}</label>
        <input
          id={`${id}-key`}
          className="couture-Input"
          data-couture="key"
          autoComplete="off"
          spellCheck={false}
          maxLength={250}
          readOnly={known !== null}
          value={draft.key}
          aria-invalid={refusalAt('key') !== null}
          aria-describedby={`${id}-key-hint`}
          onChange={event => change({ key: event.target.value })}
        />
        <p
          id={`${id}-key-hint`}
          className={refusalAt('key') ? 'couture-FieldError' : 'couture-faint'}
        >
          {refusalAt('key') ??
            (known
              ? ''
              : trans.__('A key with a word such as password or token hides the value for good.'))}
        </p>
      </div>
      <ValueField
        text={draft.text}
        isJson={draft.isJson}
        isReadOnly={!mayEdit}
        refusal={refusalAt('value')}
        hint={valueHint(known, mayEdit, trans)}
        trans={trans}
        onChange={(text, isJson) => change({ text, isJson })}
      />
      <div>
        <label htmlFor={`${id}-description`}>{trans.__('Description')}</label>
        <input
          id={`${id}-description`}
          className="couture-Input"
          data-couture="description"
          maxLength={2000}
          readOnly={!mayEdit}
          value={draft.description}
          onChange={event => change({ description: event.target.value })}
        />
      </div>
      {lastChange && (
        <p className="couture-faint" data-couture="last-change">
          {trans.__(
            'Last change in the audit log: %1, %2. Changes by tasks are not in it.',
            lastChange.actor,
            formatUtcShort(lastChange.at)
          )}
        </p>
      )}
      <DialogFooter
        reason={mayEdit ? reason : null}
        isBusy={isBusy}
        trans={trans}
        onCancel={props.onCancel}
        buttons={
          mayEdit
            ? [
                {
                  hook: 'save-variable',
                  label: isStale ? trans.__('Save over it') : trans.__('Save'),
                  isMain: true,
                  run: () => void save()
                }
              ]
            : []
        }
      />
    </div>
  );
}

function valueHint(known: Variable | null, mayEdit: boolean, trans: Translate): string {
  if (known === null) {
    return trans.__('Every value is sealed in the database.');
  }
  if (known.value === null) {
    return trans.__('No key of this deployment opens the value: it can only be given a new one.');
  }
  if (known.hidden) {
    return mayEdit
      ? trans.__('*** stands for what is hidden. Where you leave it, the secret stays as it is.')
      : trans.__('*** stands for what is hidden.');
  }
  return known.warning === '' ? '' : trans.__('It %1.', known.warning);
}

interface MeanwhileProps {
  readonly theirs: Variable;
  readonly draft: VariableDraft;
  readonly trans: Translate;
  readonly onTake: () => void;
}

/** What somebody else has stored, next to what is entered here. */
function Meanwhile({ theirs, draft, trans, onTake }: MeanwhileProps): JSX.Element {
  const stored = draftOf(theirs);
  return (
    <section className="couture-Banner" data-kind="warning" data-couture="meanwhile" role="alert">
      <p>
        {trans.__(
          'Somebody has changed it meanwhile; nothing was saved. On the left what is stored now, on the right what you entered.'
        )}{' '}
        <button
          type="button"
          className="couture-LinkButton"
          data-couture="take-theirs"
          onClick={onTake}
        >
          {trans.__('Take what is stored')}
        </button>
      </p>
      <DiffView
        diff={{
          hunks: lineDiff(
            [stored.text, stored.description].join('\n').trimEnd(),
            [draft.text, draft.description].join('\n').trimEnd()
          )
        }}
        label={trans.__('What is stored, and what you entered')}
        trans={trans}
      />
    </section>
  );
}
