import { useEffect, useRef } from 'react';
import { Notice, ProblemNotice } from '../components/Notice';
import { RunProgress as Progress } from '../components/RunProgress';
import { countStates, taskMap, tasksOf } from '../model/selectors';
import { useTasks } from '../panels/useShownGraph';
import { useShownRun } from '../panels/useShownRun';
import { useCouture, useNow, useSelected } from '../store/hooks';
import { useSeen } from '../store/seen';
import { DagHead } from './DagHead';
import { tell } from './model';
import { useDagView } from './useDagView';
import type { ViewProps } from './views';

const SECOND_MS = 1000;

/** How far a run is; Python hears of its state and of its end. */
export function RunProgress({ live, model, dagId }: ViewProps): JSX.Element {
  const { session, trans } = live;
  const view = useDagView(model);
  const choice = useSelected(view, state => state.choice);
  const shownRun = useShownRun(session, dagId, choice);
  const { detail, shown, isLoading } = shownRun;
  const { run } = shown;
  const runId = run?.run_id ?? null;
  useTasks(session, dagId, runId);
  const tasks = useCouture(session, state => tasksOf(state, dagId, runId));
  const isTicking = useSeen() && run !== null && run.ended_at === null;
  const now = useNow(isTicking ? SECOND_MS : null);
  const state = run?.state ?? null;
  const isOver = state === 'success' || state === 'failed';
  const isKnown = run !== null || (!isLoading && detail.value !== null);
  const hasTold = useRef(false);
  useEffect(() => {
    // A page that was just opened knows nothing yet, and must not take back what Python has heard from another.
    if (isKnown || hasTold.current) {
      hasTold.current = true;
      tell(model, { state, done: isOver });
    }
  }, [model, isKnown, state, isOver]);
  const problem =
    detail.load.status === 'failed' && detail.value === null ? detail.load.problem : null;
  return (
    <>
      <DagHead dagId={dagId} live={live} view={view} shownRun={shownRun} />
      {run ? (
        <Progress
          run={run}
          counts={tasks?.load.status === 'ready' ? countStates(taskMap(tasks)) : run.task_counts}
          now={now}
          trans={trans}
        />
      ) : problem ? (
        <ProblemNotice problem={problem} trans={trans} onRetry={() => detail.retry()} />
      ) : isLoading || detail.value === null ? (
        <Notice kind="loading" title={trans.__('Loading…')} />
      ) : (
        <Notice
          title={
            shown.note === 'run-unknown'
              ? trans.__('There is no such run')
              : trans.__('No run is shown')
          }
        />
      )}
    </>
  );
}
