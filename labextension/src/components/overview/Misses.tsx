import { formatUtc, pastTime } from '../../model/format';
import type { Translate } from '../../model/labels';
import type { MissedDeadline } from '../../model/wireActivity';
import type { DagActions } from '../actions';
import { Nothing } from './Card';

export interface MissesProps {
  readonly misses: readonly MissedDeadline[];
  readonly now: number;
  readonly trans: Translate;
  readonly actions: DagActions;
}

/** Deadlines (SLAs) that were missed within a day. */
export function Misses({ misses, now, trans, actions }: MissesProps): JSX.Element {
  if (misses.length === 0) {
    return <Nothing>{trans.__('No deadline was missed within the last 24 hours.')}</Nothing>;
  }
  return (
    <ul className="couture-Rows">
      {misses.map(miss => (
        <li key={miss.number} className="couture-Rows-row" data-dag-id={miss.dag_id}>
          <button
            type="button"
            className="couture-LinkButton couture-Rows-name"
            title={miss.run_id}
            onClick={() =>
              actions.open(miss.dag_id, {
                tab: 'graph',
                runId: miss.run_id,
                ...(miss.task_id ? { taskId: miss.task_id } : {})
              })
            }
          >
            {miss.dag_id}
          </button>
          <span className="couture-Rows-text">
            {miss.task_id ? <code>{miss.task_id}</code> : trans.__('the whole run')}
          </span>
          <time dateTime={miss.deadline} title={formatUtc(miss.deadline)} className="couture-faint">
            {pastTime(miss.deadline, now, trans)}
          </time>
        </li>
      ))}
    </ul>
  );
}
