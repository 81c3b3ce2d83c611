import { stopIcon } from '@jupyterlab/ui-components';
import { progressOf } from '../model/backfillDraft';
import { formatUtc } from '../model/format';
import type { Translate } from '../model/labels';
import type { Backfill, BackfillAct } from '../model/wireOrders';
import { IconButton } from './IconButton';

export interface OpenBackfillsProps {
  readonly backfills: readonly Backfill[];
  readonly isPaused: boolean;
  /** Whether the user may stop them. */
  readonly mayAct: boolean;
  readonly trans: Translate;
  readonly onAct: (backfill: Backfill, act: BackfillAct) => void;
}

/** The backfills of a DAG that go on: how far they are, and how to stop them. */
export function OpenBackfills(props: OpenBackfillsProps): JSX.Element {
  const { backfills, isPaused, mayAct, trans, onAct } = props;
  return (
    <>
      {backfills.map(backfill => {
        const { done, total } = progressOf(backfill.counts);
        const isHeld = backfill.state === 'paused';
        return (
          <div
            key={backfill.backfill_id}
            className="couture-Banner couture-Backfill"
            data-kind="info"
            data-couture="open-backfill"
            data-state={backfill.state}
            role="group"
            aria-label={trans.__('Backfill %1', backfill.backfill_id)}
          >
            <span
              title={trans.__(
                'started by %1, %2',
                backfill.created_by,
                formatUtc(backfill.created_at)
              )}
            >
              {trans.__(
                'Backfill %1: %2 to %3',
                backfill.backfill_id,
                backfill.from_date.slice(0, 10),
                backfill.to_date.slice(0, 10)
              )}
            </span>
            <progress
              value={done}
              max={Math.max(total, 1)}
              aria-label={trans.__('%1 of %2 dates', done, total)}
            />
            <span className="couture-number">{trans.__('%1 of %2 dates', done, total)}</span>
            {isHeld && <span>{trans.__('paused')}</span>}
            {isPaused && <span>{trans.__('waits: the DAG is off')}</span>}
            {mayAct && (
              <>
                <button
                  type="button"
                  className="couture-LinkButton"
                  data-couture={isHeld ? 'resume-backfill' : 'pause-backfill'}
                  onClick={() => onAct(backfill, isHeld ? 'resume' : 'pause')}
                >
                  {isHeld ? trans.__('Resume') : trans.__('Pause')}
                </button>
                <IconButton
                  icon={stopIcon}
                  hook="cancel-backfill"
                  text={trans.__('Cancel')}
                  label={trans.__('Cancel: make no further runs; running ones go on')}
                  onClick={() => onAct(backfill, 'cancel')}
                />
              </>
            )}
          </div>
        );
      })}
    </>
  );
}
