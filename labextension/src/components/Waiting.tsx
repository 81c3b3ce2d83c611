import type { Translate } from '../model/labels';
import { remediesFor, type Remedy } from '../model/remedies';
import type { ReasonWithFacts } from '../model/wireTask';

export interface WaitingProps {
  readonly reasons: readonly ReasonWithFacts[];
  /** It is over without having run; otherwise it may still run. */
  readonly isOver: boolean;
  readonly trans: Translate;
  /** Whether a remedy is open to this user. */
  readonly can: (remedy: Remedy) => boolean;
  readonly onRemedy: (remedy: Remedy) => void;
}

function remedyLabel(remedy: Remedy, trans: Translate): string {
  switch (remedy.type) {
    case 'turn-on':
      return trans.__('Turn on the DAG');
    case 'open-task':
      return trans.__('Show %1', remedy.taskId);
    case 'open-run':
      return trans.__('Show that run');
    case 'answer':
      return trans.__('Answer');
    case 'show-log':
      return trans.__('Show its log');
    case 'clear':
      return trans.__('Clear…');
    case 'run-now':
      return trans.__('Run now…');
    case 'set-slots':
      return remedy.isMissing
        ? trans.__('Create pool %1…', remedy.pool)
        : trans.__('Change the slots of %1…', remedy.pool);
    case 'open-limit':
      return trans.__('Where %1 is set', remedy.limit);
    case 'open-runs':
      return trans.__('Show the runs');
    case 'open-overview':
      return trans.__('Open the overview');
  }
}

export type ReasonsProps = Omit<WaitingProps, 'isOver'>;

/** Reasons, each with what one can do about it. */
export function Reasons({ reasons, trans, can, onRemedy }: ReasonsProps): JSX.Element {
  return (
    <ul className="couture-Reasons">
      {reasons.map(reason => (
        <li key={reason.sentence} data-kind={reason.kind}>
          {reason.sentence}{' '}
          {remediesFor(reason)
            .filter(can)
            .map(remedy => (
              <button
                key={JSON.stringify(remedy)}
                type="button"
                className="couture-LinkButton"
                data-couture={`remedy-${remedy.type}`}
                onClick={() => onRemedy(remedy)}
              >
                {remedyLabel(remedy, trans)}
              </button>
            ))}
        </li>
      ))}
    </ul>
  );
}

/** Everything that stands in the way of a task that does not run, and what one can do about it. */
export function Waiting({ isOver, ...given }: WaitingProps): JSX.Element {
  const { trans } = given;
  return (
    <div className="couture-TaskPanel-reason" data-couture="reasons" role="status">
      <span className="couture-faint">
        {isOver ? trans.__('Why it did not run:') : trans.__('Why it does not run yet:')}
      </span>
      <Reasons {...given} />
    </div>
  );
}
