import { formatUtc, pastTime } from '../../model/format';
import { runStateLabel, type Translate } from '../../model/labels';
import { taskKey } from '../../model/state';
import type { FailedRun } from '../../model/wireActivity';
import type { DagActions } from '../actions';
import { StateMark } from '../StateMark';
import { Nothing } from './Card';

export interface FailedRunsProps {
  readonly runs: readonly FailedRun[];
  readonly now: number;
  readonly trans: Translate;
  readonly actions: DagActions;
}

/** Runs that failed within a day: which task was the first, and the way to its log. */
export function FailedRuns({ runs, now, trans, actions }: FailedRunsProps): JSX.Element {
  if (runs.length === 0) {
    return <Nothing>{trans.__('No run failed within the last 24 hours.')}</Nothing>;
  }
  return (
    <ul className="couture-Rows">
      {runs.map(run => (
        <li
          key={`${run.dag_id}/${run.run_id}`}
          className="couture-Rows-row"
          data-dag-id={run.dag_id}
          data-run-id={run.run_id}
        >
          <StateMark state="failed" label={runStateLabel('failed', trans)} />
          <button
            type="button"
            className="couture-LinkButton couture-Rows-name"
            title={run.run_id}
            onClick={() => actions.open(run.dag_id, { tab: 'graph', runId: run.run_id })}
          >
            {run.dag_id}
          </button>
          <FirstFailed run={run} trans={trans} actions={actions} />
          <time
            className="couture-faint"
            dateTime={run.ended_at ?? undefined}
            title={formatUtc(run.ended_at)}
          >
            {pastTime(run.ended_at, now, trans)}
          </time>
        </li>
      ))}
    </ul>
  );
}

function FirstFailed(props: {
  readonly run: FailedRun;
  readonly trans: Translate;
  readonly actions: DagActions;
}): JSX.Element {
  const { run, trans, actions } = props;
  const { task } = run;
  if (!task) {
    return (
      <span className="couture-Rows-text">{run.reason ?? trans.__('without a failed task')}</span>
    );
  }
  const name = taskKey(task.task_id, task.map_index);
  return (
    <>
      <span className="couture-Rows-text" title={task.reason ?? name}>
        <code>{name}</code>
      </span>
      <button
        type="button"
        className="couture-LinkButton"
        data-couture="show-log"
        aria-label={trans.__('Log of %1 in %2', name, run.dag_id)}
        onClick={() =>
          actions.open(run.dag_id, {
            tab: 'graph',
            runId: run.run_id,
            taskId: task.task_id,
            mapIndex: task.map_index
          })
        }
      >
        {trans.__('Log')}
      </button>
    </>
  );
}
