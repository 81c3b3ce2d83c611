import { stepText } from '../model/backfillDraft';
import { formatUtc } from '../model/format';
import { runStateLabel, type Translate } from '../model/labels';
import type { BackfillPreview } from '../model/wireOrders';
import { StateMark } from './StateMark';

export interface BackfillStepsProps {
  readonly preview: BackfillPreview;
  readonly trans: Translate;
}

/** Every date of a backfill in the order of work, the run it has, and what would become of it. */
export function BackfillSteps({ preview, trans }: BackfillStepsProps): JSX.Element {
  const { slots, total, counts } = preview;
  return (
    <div className="couture-Preview" data-couture="backfill-preview">
      <p>
        {trans.__(
          '%1 dates: %2 get a run, %3 are done again, %4 are left alone.',
          total,
          counts.created ?? 0,
          counts.cleared ?? 0,
          counts.kept ?? 0
        )}
      </p>
      <div
        className="couture-Preview-list"
        tabIndex={0}
        role="region"
        aria-label={trans.__('Dates')}
      >
        <table>
          <thead>
            <tr>
              <th scope="col">{trans.__('Logical date')}</th>
              <th scope="col">{trans.__('Its run now')}</th>
              <th scope="col">{trans.__('What happens')}</th>
            </tr>
          </thead>
          <tbody>
            {slots.map(slot => (
              <tr key={slot.logical_date} data-outcome={slot.outcome}>
                <td className="couture-number">{formatUtc(slot.logical_date)}</td>
                <td>
                  {slot.run_state ? (
                    <>
                      <StateMark state={slot.run_state} /> {runStateLabel(slot.run_state, trans)}
                    </>
                  ) : (
                    trans.__('none')
                  )}
                </td>
                <td>{stepText(slot, trans)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {total > slots.length && (
        <p className="couture-faint">{trans.__('and %1 more', total - slots.length)}</p>
      )}
    </div>
  );
}
