import type { Translate } from '../model/labels';
import type { WaitReason } from '../model/wire';

export interface WaitingProps {
  readonly reasons: readonly WaitReason[];
  readonly trans: Translate;
}

/** Everything that stands in the way of a task that does not run. */
export function Waiting({ reasons, trans }: WaitingProps): JSX.Element {
  return (
    <div className="couture-TaskPanel-reason" data-couture="reasons" role="status">
      <span className="couture-faint">{trans.__('Why it does not run yet:')}</span>
      <ul>
        {reasons.map(reason => (
          <li key={reason.sentence} data-kind={reason.kind}>
            {reason.sentence}
          </li>
        ))}
      </ul>
    </div>
  );
}
