import { memo } from 'react';
import type { GridRun } from '../../model/grid';
import { describeRun, runSeconds } from '../../model/gridCells';
import type { Translate } from '../../model/labels';
import { BAR_HEIGHT, CELL } from './metrics';

export interface RunBarsProps {
  readonly runs: readonly GridRun[];
  readonly selectedRun: string | null;
  /** The longest of the runs, in seconds. */
  readonly longest: number;
  readonly now: number;
  readonly trans: Translate;
  readonly onRun: (runId: string) => void;
}

const LEAST_HEIGHT = 3;
const TICK_GAP = 3;
const DATE = 10;
const MINUTES = 16;

/** Dates below the bars where the day changes; times of the day if all are of one. `[column, text]`. */
export function dateTicks(
  runs: readonly { readonly logicalDate: string }[]
): readonly (readonly [number, string])[] {
  const days = runs.map(run => new Date(run.logicalDate).toISOString());
  const isOneDay = days.every(day => day.slice(0, DATE) === days[0]?.slice(0, DATE));
  const ticks: [number, string][] = [];
  let free = 0;
  days.forEach((day, column) => {
    const isNew = isOneDay || day.slice(0, DATE) !== days[column - 1]?.slice(0, DATE);
    if (isNew && column >= free) {
      ticks.push([column, isOneDay ? day.slice(DATE + 1, MINUTES) : day.slice(5, DATE)]);
      free = column + TICK_GAP;
    }
  });
  return ticks;
}

/** How long each run took, in the colour of its state; a click chooses the run. */
export const RunBars = memo(function RunBars(props: RunBarsProps): JSX.Element {
  const { runs, selectedRun, longest, now, trans, onRun } = props;
  return (
    <>
      {runs.map((run, column) => {
        const share = longest > 0 ? (runSeconds(run, now) ?? 0) / longest : 0;
        const label = describeRun(run, now, trans);
        return (
          <div
            key={run.runId}
            className="couture-Bars-run"
            role="columnheader"
            aria-colindex={column + 2}
            style={{ left: column * CELL }}
          >
            <button
              type="button"
              className="couture-Bars-button couture-state"
              tabIndex={-1}
              data-run-id={run.runId}
              data-state={run.state}
              aria-label={label}
              aria-pressed={run.runId === selectedRun}
              onClick={() => onRun(run.runId)}
            >
              <span style={{ height: Math.max(LEAST_HEIGHT, Math.round(share * BAR_HEIGHT)) }} />
            </button>
          </div>
        );
      })}
      {dateTicks(runs).map(([column, text]) => (
        <span
          key={column}
          className="couture-Bars-tick"
          role="presentation"
          aria-hidden
          style={{ left: column * CELL }}
        >
          {text}
        </span>
      ))}
    </>
  );
});
