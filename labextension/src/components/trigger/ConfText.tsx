import { useId, useRef } from 'react';
import { jsonProblem } from '../../model/jsonProblem';
import type { Translate } from '../../model/labels';
import { jsonProblemText, type DraftProblem } from '../../model/triggerDraft';

export interface ConfTextProps {
  readonly text: string;
  readonly problems: readonly DraftProblem[];
  readonly trans: Translate;
  readonly onText: (text: string) => void;
}

/** The configuration as JSON, with the exact place of a mistake. */
export function ConfText({ text, problems, trans, onText }: ConfTextProps): JSX.Element {
  const id = useId();
  const area = useRef<HTMLTextAreaElement>(null);
  const fault = text.trim() === '' ? null : jsonProblem(text);
  const others = fault ? [] : problems.filter(({ place }) => place.split('.')[0] === 'conf');
  return (
    <div className="couture-ConfText">
      <label className="couture-hidden" htmlFor={id}>
        {trans.__('Configuration (JSON)')}
      </label>
      <textarea
        id={id}
        ref={area}
        className="couture-Input"
        data-couture="conf"
        rows={12}
        spellCheck={false}
        value={text}
        aria-invalid={fault !== null || others.length > 0}
        aria-describedby={`${id}-problems`}
        onChange={event => onText(event.target.value)}
      />
      <div id={`${id}-problems`} aria-live="polite" data-couture="conf-problems">
        {fault && (
          <button
            type="button"
            className="couture-FaultLine"
            title={trans.__('Go to the place')}
            onClick={() => {
              area.current?.focus();
              area.current?.setSelectionRange(fault.offset, fault.offset + 1);
            }}
          >
            <span className="couture-FieldError">{jsonProblemText(fault, trans)}</span>
            <code>
              {fault.text.slice(0, fault.column - 1)}
              <mark>{fault.text.slice(fault.column - 1, fault.column) || '␣'}</mark>
              {fault.text.slice(fault.column)}
            </code>
          </button>
        )}
        {others.map(({ place, message }) => (
          <p key={place} className="couture-FieldError">
            {place === 'conf' ? message : `${place.slice('conf.'.length)}: ${message}`}
          </p>
        ))}
      </div>
    </div>
  );
}
