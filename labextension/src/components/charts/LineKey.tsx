import type { Translate } from '../../model/labels';

export interface LineEntry {
  /** What the figure calls the line. */
  readonly name: string;
  readonly label: string;
  /** Number of its colour; 0 is that of the text. */
  readonly hue: number;
  readonly value: string;
}

export interface LineKeyProps {
  readonly entries: readonly LineEntry[];
  readonly focus: ReadonlySet<string>;
  readonly label: string;
  readonly trans: Translate;
  readonly onFocus: (focus: ReadonlySet<string>) => void;
}

/** The lines by name; pressing some dims all others and shows their medians. */
export function LineKey(props: LineKeyProps): JSX.Element {
  const { entries, focus, trans, onFocus } = props;
  const toggle = (name: string): void => {
    const next = new Set(focus);
    if (!next.delete(name)) {
      next.add(name);
    }
    onFocus(next);
  };
  return (
    <ul className="couture-LineKey" aria-label={props.label} data-couture="line-key">
      {entries.map(entry => (
        <li key={entry.name}>
          <button
            type="button"
            className="couture-LineKey-item"
            aria-pressed={focus.has(entry.name)}
            title={trans.__('Let %1 stand out', entry.label)}
            onClick={() => toggle(entry.name)}
          >
            <span className="couture-LineKey-sample" data-hue={entry.hue} aria-hidden />
            <span className="couture-LineKey-name">{entry.label}</span>
            <span className="couture-faint couture-number">{entry.value}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}
