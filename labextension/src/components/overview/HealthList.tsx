import type { Translate } from '../../model/labels';
import type { Condition, PartHealth } from '../../model/overview';

export interface HealthListProps {
  readonly parts: readonly PartHealth[];
  readonly trans: Translate;
}

const MARKS: Readonly<Record<Condition, string>> = { good: '✓', changing: '…', bad: '!' };

/** Every part of the deployment: how it is, and what to do about it. */
export function HealthList({ parts, trans }: HealthListProps): JSX.Element {
  const words: Readonly<Record<Condition, string>> = {
    good: trans.__('well'),
    changing: trans.__('changing'),
    bad: trans.__('not well')
  };
  return (
    <ul className="couture-Health">
      {parts.map(part => (
        <li key={part.id} data-part={part.id} data-condition={part.condition}>
          <span
            className="couture-Health-mark"
            role="img"
            aria-label={words[part.condition]}
            title={words[part.condition]}
          >
            {MARKS[part.condition]}
          </span>
          <strong>{part.name}</strong>
          <span>{part.sentence}</span>
          {part.advice && <p className="couture-Health-advice">{part.advice}</p>}
        </li>
      ))}
    </ul>
  );
}
