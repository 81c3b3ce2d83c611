import { HTMLSelect } from '@jupyterlab/ui-components';
import { newestOfTries } from '../model/attempts';
import { attemptStateLabel, type Translate } from '../model/labels';
import type { Attempt } from '../model/wire';

export interface TrySelectProps {
  readonly attempts: readonly Attempt[];
  readonly tryNumber: number;
  readonly trans: Translate;
  readonly onTry: (tryNumber: number) => void;
}

/** Which attempt the panel shows: its log, its error, its facts. */
export function TrySelect({ attempts, tryNumber, trans, onTry }: TrySelectProps): JSX.Element {
  const tries = newestOfTries(attempts);
  return (
    <HTMLSelect
      className="couture-Select"
      value={String(tryNumber)}
      data-couture="try"
      aria-label={trans.__('Attempt to show')}
      onChange={event => onTry(Number(event.target.value))}
    >
      {tries.map(attempt => (
        <option key={attempt.attempt_id} value={attempt.try_number}>
          {trans.__(
            'Attempt %1 of %2 · %3',
            attempt.try_number,
            tries.length,
            attemptStateLabel(attempt.state, trans)
          )}
        </option>
      ))}
    </HTMLSelect>
  );
}
