import { useId, useRef } from 'react';
import { jsonProblem } from '../../model/jsonProblem';
import type { Translate } from '../../model/labels';
import type { DraftProblem } from '../../model/triggerDraft';
import { FaultLine } from '../FaultLine';

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
        {fault && <FaultLine fault={fault} area={area} trans={trans} />}
        {others.map(({ place, message }) => (
          <p key={place} className="couture-FieldError">
            {place === 'conf' ? message : `${place.slice('conf.'.length)}: ${message}`}
          </p>
        ))}
      </div>
    </div>
  );
}
