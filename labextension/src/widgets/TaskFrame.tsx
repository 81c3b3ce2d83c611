import type { ReactNode } from 'react';
import { Notice, ProblemNotice } from '../components/Notice';
import { TaskHead } from '../components/TaskHead';
import type { Permission } from '../model/permissions';
import type { Live } from '../panels/tabs/types';
import { useCouture, useMay } from '../store/hooks';
import { DagHead } from './DagHead';
import type { TaskView } from './useTaskView';

export interface TaskFrameProps {
  readonly shown: TaskView;
  readonly dagId: string;
  readonly live: Live;
  /** Without it there is nothing to see here. */
  readonly needs: Permission;
  readonly children: ReactNode;
}

/** Which task instance a widget is about, over what it shows of it; says instead why there is nothing to show. */
export function TaskFrame({ shown, dagId, live, needs, children }: TaskFrameProps): JSX.Element {
  const { view, shownRun, taskId, task, instances, detail, tryNumber, now, choose } = shown;
  const { trans } = live;
  return (
    <>
      <DagHead dagId={dagId} live={live} view={view} shownRun={shownRun} />
      {taskId !== null && (
        <TaskHead
          {...choose}
          taskId={taskId}
          task={task}
          instances={instances}
          attempts={detail.value?.attempts ?? []}
          tryNumber={tryNumber}
          now={now}
          trans={trans}
        />
      )}
      {useAbsence(shown, dagId, live, needs) ?? children}
    </>
  );
}

/** Why the task cannot be shown; null: it can. */
function useAbsence(
  { shownRun, taskId, runId, task, load }: TaskView,
  dagId: string,
  { session, trans }: Live,
  needs: Permission
): JSX.Element | null {
  const may = useMay(session);
  const isKnown = useCouture(session, state => state.me !== null);
  const { detail, shown, isLoading } = shownRun;
  if (isKnown && !may(needs)) {
    return <Notice title={trans.__('You may not see this')} />;
  }
  if (detail.load.status === 'failed' && detail.value === null) {
    return (
      <ProblemNotice problem={detail.load.problem} trans={trans} onRetry={() => detail.retry()} />
    );
  }
  if (taskId === null) {
    return (
      <Notice title={trans.__('No task is chosen')}>
        {trans.__('Set task_id, or link it to what is selected in a graph.')}
      </Notice>
    );
  }
  if (load.status === 'failed' && !task) {
    return (
      <ProblemNotice
        problem={load.problem}
        trans={trans}
        onRetry={() => runId !== null && session.reloadTasks(dagId, runId)}
      />
    );
  }
  if (shown.note === 'run-unknown' && !isLoading) {
    return <Notice title={trans.__('There is no such run')} />;
  }
  const isAwaited = isLoading || (runId !== null && load.status !== 'ready' && !task);
  if (!isKnown || detail.value === null || isAwaited) {
    return <Notice kind="loading" title={trans.__('Loading…')} />;
  }
  if (runId === null) {
    return (
      <Notice title={trans.__('No run is shown')}>
        {trans.__('Trigger the DAG, or choose a run, to see what this task does.')}
      </Notice>
    );
  }
  return task ? null : <Notice title={trans.__('The run has no task %1', taskId)} />;
}
