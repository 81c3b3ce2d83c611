import { elapsedSeconds, formatDuration } from '../model/format';
import { isTerminal, LEGEND_STATES, taskStateLabel, type Translate } from '../model/labels';
import { runProgress } from '../model/selectors';
import type { Run, TaskCounts } from '../model/wire';
import { TaskCounters } from './Counters';
import { StateMark } from './StateMark';

export interface RunProgressProps {
  readonly run: Run;
  /** Task instances by state. */
  readonly counts: TaskCounts;
  readonly now: number;
  readonly trans: Translate;
}

/** The order along the bar: what is over, then what is under way, then what is to come. */
const ALONG = [
  ...LEGEND_STATES.filter(state => isTerminal(state) && state !== 'removed'),
  ...LEGEND_STATES.filter(state => !isTerminal(state))
];

/** How far a run is, by the states of its tasks; its outcome once it is over. */
export function RunProgress({ run, counts, now, trans }: RunProgressProps): JSX.Element {
  const progress = runProgress(counts);
  const removed = counts.removed ?? 0;
  const done = progress.done - removed;
  const total = progress.total - removed;
  const words = trans.__('%1 of %2 tasks', done, total);
  const isOver = run.state === 'success' || run.state === 'failed';
  const duration = formatDuration(elapsedSeconds(run.started_at, run.ended_at, now));
  return (
    <div
      className="couture-RunProgress"
      data-couture="run-progress"
      data-run-id={run.run_id}
      data-state={run.state}
      data-done={done}
      data-total={total}
    >
      <div
        className="couture-RunProgress-bar"
        role="progressbar"
        aria-label={trans.__('Tasks of %1 that have ended', run.dag_id)}
        aria-valuemin={0}
        aria-valuemax={Math.max(total, 1)}
        aria-valuenow={done}
        aria-valuetext={words}
      >
        {ALONG.filter(state => (counts[state] ?? 0) > 0).map(state => (
          <span
            key={state}
            className="couture-state"
            data-state={state}
            style={{ flexGrow: counts[state] }}
            title={`${taskStateLabel(state, trans)}: ${counts[state]}`}
          />
        ))}
      </div>
      <div className="couture-RunProgress-line">
        <span className="couture-number">{words}</span>
        <TaskCounters counts={counts} trans={trans} />
      </div>
      {isOver && (
        <p
          className="couture-RunProgress-outcome couture-state"
          data-state={run.state}
          data-couture="run-outcome"
          role="status"
        >
          <StateMark state={run.state} />
          {run.state === 'success'
            ? trans.__('The run succeeded after %1.', duration)
            : trans.__('The run failed after %1.', duration)}
          {run.reason && ` ${run.reason}`}
        </p>
      )}
      {!isOver && run.reason && <p className="couture-RunProgress-outcome">{run.reason}</p>}
    </div>
  );
}
