import { closeIcon } from '@jupyterlab/ui-components';
import type { Outcome } from '../../model/browse/actions';
import type { Translate } from '../../model/labels';
import { IconButton } from '../IconButton';

export interface OutcomesProps {
  /** What was done, as its button says. */
  readonly action: string;
  readonly outcomes: readonly Outcome[];
  readonly trans: Translate;
  readonly onClose: () => void;
}

/** What came of an action, row by row. */
export function Outcomes({ action, outcomes, trans, onClose }: OutcomesProps): JSX.Element {
  const done = outcomes.filter(outcome => outcome.isDone).length;
  return (
    <section
      className="couture-Outcomes"
      data-couture="outcomes"
      data-kind={done === outcomes.length ? 'done' : 'refused'}
      role="status"
    >
      <div className="couture-Outcomes-head">
        <strong>{trans.__('%1: %2 of %3 done', action, done, outcomes.length)}</strong>
        <IconButton icon={closeIcon} label={trans.__('Close')} onClick={onClose} />
      </div>
      <ul>
        {outcomes.map(outcome => (
          <li key={outcome.label} data-done={outcome.isDone}>
            <span>{outcome.label}</span> <span className="couture-faint">{outcome.text}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
