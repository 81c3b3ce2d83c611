import type { FocusEvent, KeyboardEvent } from 'react';

export interface ChoicesProps {
  readonly label: string;
  readonly choices: readonly { readonly value: string; readonly label: string }[];
  readonly chosen: readonly string[];
  /** What the button says; else the label with what is chosen. */
  readonly summary?: string;
  readonly hook?: string;
  readonly onChange: (chosen: readonly string[]) => void;
}

/** A button that opens a list of boxes; Escape and a click elsewhere close it. */
export function Choices({
  label,
  choices,
  chosen,
  summary,
  hook,
  onChange
}: ChoicesProps): JSX.Element {
  const names = choices.filter(choice => chosen.includes(choice.value)).map(choice => choice.label);
  const onKeyDown = (event: KeyboardEvent<HTMLDetailsElement>): void => {
    if (event.key === 'Escape') {
      event.currentTarget.open = false;
      event.currentTarget.querySelector('summary')?.focus();
    }
  };
  const onBlur = (event: FocusEvent<HTMLDetailsElement>): void => {
    if (!event.currentTarget.contains(event.relatedTarget)) {
      event.currentTarget.open = false;
    }
  };
  return (
    <details
      className="couture-Choices"
      data-couture={hook}
      data-active={names.length > 0 && summary === undefined ? true : undefined}
      onKeyDown={onKeyDown}
      onBlur={onBlur}
    >
      <summary>{summary ?? (names.length > 0 ? `${label}: ${names.join(', ')}` : label)}</summary>
      <div className="couture-Choices-list" role="group" aria-label={label} tabIndex={-1}>
        {choices.map(choice => (
          <label key={choice.value}>
            <input
              type="checkbox"
              value={choice.value}
              checked={chosen.includes(choice.value)}
              onChange={event =>
                onChange(
                  choices
                    .map(each => each.value)
                    .filter(value =>
                      value === choice.value ? event.target.checked : chosen.includes(value)
                    )
                )
              }
            />
            {choice.label}
          </label>
        ))}
      </div>
    </details>
  );
}
