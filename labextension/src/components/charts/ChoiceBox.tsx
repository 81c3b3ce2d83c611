import { HTMLSelect } from '@jupyterlab/ui-components';

export interface ChoiceBoxProps<T extends string | number> {
  readonly label: string;
  readonly value: T;
  readonly choices: readonly { readonly value: T; readonly text: string }[];
  readonly hook?: string;
  readonly onChoice: (value: T) => void;
}

/** The usual choices, and what is chosen if it is another one. */
export function choicesOf(usual: readonly number[], chosen: number): readonly number[] {
  return usual.includes(chosen) ? usual : [...usual, chosen].sort((one, other) => one - other);
}

/** A select box in a chart's bar. */
export function ChoiceBox<T extends string | number>(props: ChoiceBoxProps<T>): JSX.Element {
  const { choices, value } = props;
  return (
    <label className="couture-ChoiceBox">
      <span className="couture-faint">{props.label}</span>
      <HTMLSelect
        value={String(value)}
        data-couture={props.hook}
        onChange={event => {
          const chosen = choices.find(choice => String(choice.value) === event.target.value);
          if (chosen) {
            props.onChoice(chosen.value);
          }
        }}
      >
        {choices.map(choice => (
          <option key={choice.value} value={String(choice.value)}>
            {choice.text}
          </option>
        ))}
      </HTMLSelect>
    </label>
  );
}
