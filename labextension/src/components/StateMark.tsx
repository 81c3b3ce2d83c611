import type { RunState, TaskState } from '../model/wire';
import { MARK_SIZE, STATE_MARKS } from './stateMarks';

export interface StateMarkProps {
  readonly state: TaskState | RunState;
  /** Read out; without it the mark is decoration beside a text that says the same. */
  readonly label?: string;
}

export function StateMark({ state, label }: StateMarkProps): JSX.Element {
  return (
    <svg
      className="couture-StateMark couture-state"
      data-state={state}
      viewBox={`0 0 ${MARK_SIZE} ${MARK_SIZE}`}
      role={label ? 'img' : undefined}
      aria-label={label}
      aria-hidden={label ? undefined : true}
    >
      <path d={STATE_MARKS[state]} />
    </svg>
  );
}
