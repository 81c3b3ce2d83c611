import { useId, useRef } from 'react';
import { isJsonDocument, laidOut } from '../../model/jsonLayout';
import { jsonProblem } from '../../model/jsonProblem';
import type { Translate } from '../../model/labels';
import { FaultLine } from '../FaultLine';

export interface ValueFieldProps {
  readonly text: string;
  readonly isJson: boolean;
  readonly isReadOnly: boolean;
  /** What the server says against it. */
  readonly refusal: string | null;
  /** What is to be known about it. */
  readonly hint: string;
  readonly trans: Translate;
  readonly onChange: (text: string, isJson: boolean) => void;
}

/** A value as text or as JSON; JSON is checked while it is entered, with the exact place of a mistake. */
export function ValueField(props: ValueFieldProps): JSX.Element {
  const { text, isJson, isReadOnly, refusal, hint, trans, onChange } = props;
  const id = useId();
  const area = useRef<HTMLTextAreaElement>(null);
  const fault = isJson && text.trim() !== '' ? jsonProblem(text) : null;
  return (
    <div className="couture-ConfText">
      <div className="couture-ValueField-head">
        <label htmlFor={id}>{trans.__('Value')}</label>
        <span className="couture-spring" />
        {isJson && !isReadOnly && (
          <button
            type="button"
            className="couture-LinkButton"
            data-couture="lay-out"
            disabled={fault !== null || text.trim() === ''}
            onClick={() => onChange(laidOut(text), true)}
          >
            {trans.__('Set out in lines')}
          </button>
        )}
        <span role="radiogroup" aria-label={trans.__('What the value is')}>
          {[false, true].map(isThis => (
            <label key={String(isThis)} className="couture-Check">
              <input
                type="radio"
                name={`${id}-kind`}
                data-couture={isThis ? 'is-json' : 'is-text'}
                checked={isJson === isThis}
                disabled={isReadOnly}
                onChange={() => onChange(text, isThis)}
              />
              {isThis ? trans.__('JSON') : trans.__('Text')}
            </label>
          ))}
        </span>
      </div>
      <textarea
        id={id}
        ref={area}
        className="couture-Input"
        data-couture="value"
        rows={isJson ? 12 : 5}
        spellCheck={false}
        readOnly={isReadOnly}
        value={text}
        aria-invalid={fault !== null || refusal !== null}
        aria-describedby={`${id}-notes`}
        onChange={event => {
          const next = event.target.value;
          // Whoever pastes a whole document means JSON.
          onChange(next, isJson || (text === '' && isJsonDocument(next)));
        }}
      />
      <div id={`${id}-notes`} aria-live="polite" data-couture="value-notes">
        {fault && <FaultLine fault={fault} area={area} trans={trans} />}
        {refusal && <p className="couture-FieldError">{refusal}</p>}
        {hint && <p className="couture-faint">{hint}</p>}
      </div>
    </div>
  );
}
