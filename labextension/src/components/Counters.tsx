import { memo } from 'react';
import { formatCount } from '../model/format';
import {
  RUN_COUNTER_STATES,
  counterStates,
  runStateLabel,
  taskStateLabel,
  type Translate
} from '../model/labels';
import type { RunCounts, RunState, TaskCounts, TaskState } from '../model/wire';

interface CircleProps<State extends TaskState | RunState> {
  readonly state: State;
  readonly count: number;
  readonly label: string;
  readonly onState: ((state: State) => void) | null;
}

function Circle<State extends TaskState | RunState>(props: CircleProps<State>): JSX.Element {
  const { state, count, label, onState } = props;
  if (count === 0) {
    return (
      <span
        className="couture-Circle couture-state"
        data-state={state}
        data-empty
        title={`${label}: 0`}
        aria-hidden
      >
        <span className="couture-hidden">{`${label} `}</span>
      </span>
    );
  }
  const shown = (
    <>
      <span className="couture-hidden">{`${label} `}</span>
      {formatCount(count)}
    </>
  );
  return onState ? (
    <button
      type="button"
      className="couture-Circle couture-state"
      data-state={state}
      title={`${label}: ${count}`}
      onClick={() => onState(state)}
    >
      {shown}
    </button>
  ) : (
    <span className="couture-Circle couture-state" data-state={state} title={`${label}: ${count}`}>
      {shown}
    </span>
  );
}

export interface CountersProps<State, Counts> {
  readonly counts: Counts;
  readonly trans: Translate;
  /** Opens what is counted; without it the numbers lead nowhere. */
  readonly onState?: ((state: State) => void) | null;
}

/** Tasks by state. Common states keep their place when their count is zero, so nothing jumps. */
export const TaskCounters = memo(function TaskCounters(
  props: CountersProps<TaskState, TaskCounts>
): JSX.Element {
  const { counts, trans, onState = null } = props;
  return (
    <span className="couture-Counters" data-couture="task-counters">
      {counterStates(counts).map(state => (
        <Circle
          key={state}
          state={state}
          count={counts[state] ?? 0}
          label={taskStateLabel(state, trans)}
          onState={onState}
        />
      ))}
    </span>
  );
});

/** Runs by state. */
export const RunCounters = memo(function RunCounters(
  props: CountersProps<RunState, RunCounts>
): JSX.Element {
  const { counts, trans, onState = null } = props;
  return (
    <span className="couture-Counters couture-Counters-runs" data-couture="run-counters">
      {RUN_COUNTER_STATES.map(state => (
        <Circle
          key={state}
          state={state}
          count={counts[state] ?? 0}
          label={runStateLabel(state, trans)}
          onState={onState}
        />
      ))}
    </span>
  );
});
