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

interface CircleProps {
  readonly state: TaskState | RunState;
  readonly count: number;
  readonly label: string;
}

const Circle = memo(function Circle({ state, count, label }: CircleProps): JSX.Element {
  return (
    <span
      className="couture-Circle couture-state"
      data-state={state}
      data-empty={count === 0 ? true : undefined}
      title={`${label}: ${count}`}
      aria-hidden={count === 0 ? true : undefined}
    >
      <span className="couture-hidden">{`${label} `}</span>
      {count > 0 ? formatCount(count) : ''}
    </span>
  );
});

/** Tasks by state. Common states keep their place when their count is zero, so nothing jumps. */
export const TaskCounters = memo(function TaskCounters({
  counts,
  trans
}: {
  readonly counts: TaskCounts;
  readonly trans: Translate;
}): JSX.Element {
  return (
    <span className="couture-Counters" data-couture="task-counters">
      {counterStates(counts).map(state => (
        <Circle
          key={state}
          state={state}
          count={counts[state] ?? 0}
          label={taskStateLabel(state, trans)}
        />
      ))}
    </span>
  );
});

/** Runs by state. */
export const RunCounters = memo(function RunCounters({
  counts,
  trans
}: {
  readonly counts: RunCounts;
  readonly trans: Translate;
}): JSX.Element {
  return (
    <span className="couture-Counters couture-Counters-runs" data-couture="run-counters">
      {RUN_COUNTER_STATES.map(state => (
        <Circle
          key={state}
          state={state}
          count={counts[state] ?? 0}
          label={runStateLabel(state, trans)}
        />
      ))}
    </span>
  );
});
