import { formatUtc, relativeTime } from '../../model/format';
import type { Translate } from '../../model/labels';
import type { ComingRun } from '../../model/wireActivity';
import type { DagActions } from '../actions';
import { Nothing } from './Card';

export interface ComingRunsProps {
  readonly runs: readonly ComingRun[];
  readonly now: number;
  readonly trans: Translate;
  readonly actions: DagActions;
}

/** The next scheduled runs of all DAGs that are on. */
export function ComingRuns({ runs, now, trans, actions }: ComingRunsProps): JSX.Element {
  if (runs.length === 0) {
    return (
      <Nothing>
        {trans.__('No DAG that is on has a schedule. Turn one on in the list of DAGs.')}
      </Nothing>
    );
  }
  return (
    <ul className="couture-Rows">
      {runs.map(run => (
        <li key={run.dag_id} className="couture-Rows-row" data-dag-id={run.dag_id}>
          <button
            type="button"
            className="couture-LinkButton couture-Rows-name"
            onClick={() => actions.open(run.dag_id)}
          >
            {run.dag_id}
          </button>
          <span className="couture-Rows-text couture-faint">{formatUtc(run.due_at)}</span>
          <time dateTime={run.due_at}>
            {Date.parse(run.due_at) <= now
              ? trans.__('due now')
              : relativeTime(run.due_at, now, trans)}
          </time>
        </li>
      ))}
    </ul>
  );
}
