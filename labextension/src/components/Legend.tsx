import { memo } from 'react';
import { LEGEND_STATES, taskStateLabel, type Translate } from '../model/labels';
import type { TaskCounts, TaskState } from '../model/wire';
import { StateMark } from './StateMark';

export interface LegendProps {
  readonly counts: TaskCounts;
  readonly highlight: TaskState | null;
  readonly trans: Translate;
  readonly onHighlight: (state: TaskState | null) => void;
  /** The pointer is at a state, or at none. */
  readonly onPoint: (state: TaskState | null) => void;
}

const ALWAYS: ReadonlySet<TaskState> = new Set([
  'running',
  'success',
  'failed',
  'queued',
  'scheduled',
  'none'
]);

/** States with the number of tasks in each; pointing at one dims all tasks in other states, pressing keeps that. */
export const Legend = memo(function Legend(props: LegendProps): JSX.Element {
  const { counts, highlight, trans, onHighlight, onPoint } = props;
  const shown = LEGEND_STATES.filter(
    state => ALWAYS.has(state) || (counts[state] ?? 0) > 0 || state === highlight
  );
  return (
    <ul className="couture-Legend" data-couture="legend" aria-label={trans.__('Task states')}>
      {shown.map(state => (
        <li key={state}>
          <button
            type="button"
            className="couture-Legend-item couture-state"
            data-state={state}
            data-count={counts[state] ?? 0}
            aria-pressed={highlight === state}
            title={trans.__('Highlight tasks: %1', taskStateLabel(state, trans))}
            onPointerEnter={() => onPoint((counts[state] ?? 0) > 0 ? state : null)}
            onPointerLeave={() => onPoint(null)}
            onClick={() => onHighlight(highlight === state ? null : state)}
          >
            <StateMark state={state} />
            <span>{taskStateLabel(state, trans)}</span>
            <span className="couture-Legend-count">{counts[state] ?? 0}</span>
          </button>
        </li>
      ))}
    </ul>
  );
});
