import type { ReactNode } from 'react';
import { formatDuration, formatUtc, pastTime, relativeTime } from '../model/format';
import { RUN_COUNTER_STATES, runStateLabel, type Translate } from '../model/labels';
import type { NextRuns, Statistics } from '../model/wireDagPage';
import { DetailGroup } from './DagDetails';
import { StateMark } from './StateMark';

export interface DagStatisticsProps {
  readonly statistics: Statistics;
  readonly next: NextRuns | null;
  readonly now: number;
  readonly trans: Translate;
  readonly onRun: (runId: string) => void;
}

const LATELY = 25;

function percent(rate: number | null): string {
  return rate === null ? '–' : `${Math.round(rate * 100)} %`;
}

/** How the runs of a DAG went, when the running one will be done, and which come next. */
export function DagStatistics(props: DagStatisticsProps): JSX.Element {
  const { statistics, next, now, trans, onRun } = props;
  const { looked_at, last_success, running } = statistics;
  const lately = Math.min(LATELY, looked_at);
  return (
    <>
      <div data-couture="dag-statistics">
        <DetailGroup
          title={trans.__('How it went')}
          rows={[
            [trans.__('Runs'), <RunStates key="runs" statistics={statistics} trans={trans} />],
            [
              trans.__('Succeeded'),
              looked_at === 0
                ? trans.__('no run has ended yet')
                : looked_at > LATELY
                  ? trans.__(
                      '%1 of the last %2, %3 of the last %4',
                      percent(statistics.success_rate_lately),
                      lately,
                      percent(statistics.success_rate),
                      looked_at
                    )
                  : trans.__('%1 of the last %2', percent(statistics.success_rate), looked_at)
            ],
            [
              trans.__('Duration of successful runs'),
              statistics.median_seconds === null
                ? '–'
                : trans.__(
                    'median %1, 95 of 100 within %2',
                    formatDuration(statistics.median_seconds),
                    formatDuration(statistics.p95_seconds)
                  )
            ],
            [
              trans.__('Last success'),
              last_success ? (
                <button
                  type="button"
                  className="couture-LinkButton"
                  title={last_success.run_id}
                  onClick={() => onRun(last_success.run_id)}
                >
                  {formatUtc(last_success.ended_at)} ({pastTime(last_success.ended_at, now, trans)})
                </button>
              ) : (
                '–'
              )
            ],
            [
              trans.__('Running'),
              running.length === 0 ? (
                '–'
              ) : (
                <ul>
                  {running.map(run => (
                    <li key={run.run_id}>
                      <button
                        type="button"
                        className="couture-LinkButton"
                        onClick={() => onRun(run.run_id)}
                      >
                        {run.run_id}
                      </button>{' '}
                      {expectedText(run.expected_end_at, now, trans)}
                    </li>
                  ))}
                </ul>
              )
            ],
            [
              trans.__('Tasks by operator'),
              <ul key="operators">
                {Object.entries(statistics.operators).map(([operator, count]) => (
                  <li key={operator}>
                    {count} × {operator}
                  </li>
                ))}
              </ul>
            ]
          ]}
        />
      </div>
      <DetailGroup
        title={trans.__('Next runs')}
        rows={[[trans.__('Due'), nextText(next, now, trans)]]}
      />
    </>
  );
}

function RunStates(props: {
  readonly statistics: Statistics;
  readonly trans: Translate;
}): JSX.Element {
  return (
    <span className="couture-RunCounts">
      {RUN_COUNTER_STATES.map(state => (
        <span key={state} data-state={state}>
          <StateMark state={state} /> {props.statistics.run_counts[state] ?? 0}{' '}
          {runStateLabel(state, props.trans)}
        </span>
      ))}
    </span>
  );
}

/** A run that takes longer than most has no time at which it will be done. */
function expectedText(at: string | null, now: number, trans: Translate): string {
  if (at === null) {
    return '';
  }
  return Date.parse(at) < now
    ? trans.__('takes longer than most')
    : trans.__('done %1, if it takes as long as most', relativeTime(at, now, trans));
}

function nextText(next: NextRuns | null, now: number, trans: Translate): ReactNode {
  if (!next) {
    return '…';
  }
  if (next.problem) {
    return next.problem;
  }
  if (next.runs.length === 0) {
    return trans.__('none: no schedule makes one');
  }
  return (
    <>
      {next.is_paused && <p>{trans.__('The DAG is off. When it is on, it runs:')}</p>}
      <ul data-couture="next-runs">
        {next.runs.map(run => (
          <li key={run.due_at}>
            {formatUtc(run.due_at)} ({relativeTime(run.due_at, now, trans)})
            {next.timezone !== 'UTC' &&
              ` · ${run.local_time.slice(0, 16).replace('T', ' ')} ${next.timezone}`}
          </li>
        ))}
      </ul>
    </>
  );
}
