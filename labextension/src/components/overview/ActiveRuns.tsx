import { stopIcon } from '@jupyterlab/ui-components';
import { elapsedSeconds, formatDuration, formatUtc } from '../../model/format';
import { runStateLabel, type Translate } from '../../model/labels';
import { restOfRun, runProgress } from '../../model/overview';
import type { May } from '../../model/permissions';
import type { ActiveRun } from '../../model/wireActivity';
import type { DagActions } from '../actions';
import { IconButton } from '../IconButton';
import { StateMark } from '../StateMark';
import { Nothing } from './Card';

export interface ActiveRunsProps {
  readonly runs: readonly ActiveRun[];
  readonly now: number;
  readonly trans: Translate;
  readonly may: May;
  readonly actions: DagActions;
  readonly onCancel: (dagId: string, runId: string) => void;
}

/** Runs under way, with how far they are and how long they may still take. */
export function ActiveRuns(props: ActiveRunsProps): JSX.Element {
  const { runs, trans } = props;
  if (runs.length === 0) {
    return <Nothing>{trans.__('No run is under way.')}</Nothing>;
  }
  return (
    <ul className="couture-Rows">
      {runs.map(each => (
        <Row key={`${each.run.dag_id}/${each.run.run_id}`} active={each} {...props} />
      ))}
    </ul>
  );
}

function Row(props: ActiveRunsProps & { readonly active: ActiveRun }): JSX.Element {
  const { active, now, trans, may, actions } = props;
  const { run } = active;
  const { done, total } = runProgress(run);
  const elapsed = formatDuration(elapsedSeconds(run.started_at, null, now));
  return (
    <li className="couture-Rows-row" data-dag-id={run.dag_id} data-run-id={run.run_id}>
      <StateMark state={run.state} label={runStateLabel(run.state, trans)} />
      <button
        type="button"
        className="couture-LinkButton couture-Rows-name"
        title={`${run.run_id}\n${formatUtc(run.started_at ?? run.queued_at)}`}
        onClick={() => actions.open(run.dag_id, { tab: 'graph', runId: run.run_id })}
      >
        {run.dag_id}
      </button>
      <progress
        className="couture-Rows-progress"
        max={Math.max(total, 1)}
        value={done}
        aria-label={trans.__('Tasks of %1 that have ended', run.dag_id)}
      />
      <span className="couture-number">{trans.__('%1 of %2 tasks', done, total)}</span>
      <span className="couture-number couture-faint" title={trans.__('Time since its start')}>
        {elapsed}
      </span>
      <span className="couture-Rows-rest couture-faint">{restOfRun(active, now, trans)}</span>
      {may('runs.trigger') && (
        <IconButton
          icon={stopIcon}
          hook="cancel-run"
          label={
            run.cancel_requested
              ? trans.__('The run is being cancelled')
              : trans.__('Cancel this run of %1', run.dag_id)
          }
          isDisabled={run.cancel_requested}
          onClick={() => props.onCancel(run.dag_id, run.run_id)}
        />
      )}
    </li>
  );
}
