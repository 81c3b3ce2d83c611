import type { RefObject } from 'react';
import type { JsonProblem } from '../model/jsonProblem';
import type { Translate } from '../model/labels';
import { jsonProblemText } from '../model/triggerDraft';

export interface FaultLineProps {
  readonly fault: JsonProblem;
  /** Where the text is entered. */
  readonly area: RefObject<HTMLTextAreaElement>;
  readonly trans: Translate;
}

/** Where a text stops being JSON; a click goes there. */
export function FaultLine({ fault, area, trans }: FaultLineProps): JSX.Element {
  return (
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
  );
}
