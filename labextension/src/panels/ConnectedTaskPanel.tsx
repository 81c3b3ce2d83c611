import { useSyncExternalStore } from 'react';
import type { AttemptRef } from '../api/rest';
import { runsDag, taskTarget, type DagActions } from '../components/actions';
import { LogView } from '../components/LogView';
import { Notice, ProblemNotice } from '../components/Notice';
import { RenderedFields } from '../components/TaskFacts';
import { TaskPanel } from '../components/TaskPanel';
import { isWaiting } from '../model/labels';
import { mappedInstances, taskMap, tasksByNode, tasksOf } from '../model/selectors';
import type { KnownTask } from '../model/state';
import type { GraphNode, WaitReason } from '../model/wire';
import type { DagView } from '../store/dagView';
import { useCouture, useFetched, useLog, useSelected } from '../store/hooks';
import type { LogFollower } from '../store/logFollower';
import type { ICouture } from '../tokens';

const NO_REASONS: readonly WaitReason[] = [];

export interface ConnectedTaskPanelProps {
  readonly dagId: string;
  readonly runId: string | null;
  /** Whether the run is queued or running, so that what waits in it may still run. */
  readonly isRunOpen: boolean;
  readonly taskId: string;
  readonly node: GraphNode | undefined;
  readonly couture: ICouture;
  readonly view: DagView;
  readonly actions: DagActions;
  readonly now: number;
}

/** What a task waits for may change without the task. */
const WHY_EVERY_MS = 3000;

/** The panel of the selected task; fetches its attempts anew whenever the task changes state. */
export function ConnectedTaskPanel(props: ConnectedTaskPanelProps): JSX.Element {
  const { dagId, runId, taskId, node, couture, view, actions, now } = props;
  const { session, trans } = couture;
  const chosenIndex = useSelected(view, state => state.mapIndex);
  const instances = useCouture(session, state =>
    mappedInstances(taskMap(tasksOf(state, dagId, runId)), taskId)
  );
  const shown = useCouture(session, state =>
    tasksByNode(taskMap(tasksOf(state, dagId, runId))).get(taskId)
  );
  const task = instances.find(instance => instance.map_index === chosenIndex) ?? shown;
  const chosenTry = useSelected(view, state => state.tryNumber);
  const mapIndex = task?.map_index ?? -1;
  const group = JSON.stringify([dagId, runId, taskId, mapIndex]);
  const detail = useFetched(
    task ? JSON.stringify([group, task.state, task.try_number]) : null,
    () => session.api.task(dagId, runId ?? '', taskId, mapIndex),
    group
  );
  const why = useFetched(
    task && props.isRunOpen && isWaiting(task.state)
      ? JSON.stringify([group, task.state, Math.floor(now / WHY_EVERY_MS)])
      : null,
    () => session.api.why(dagId, runId ?? '', taskId, mapIndex),
    group
  );
  const tryNumber = chosenTry ?? task?.try_number ?? 0;
  return (
    <TaskPanel
      key={taskId}
      taskId={taskId}
      node={node}
      task={task}
      instances={instances}
      detail={detail.value}
      reasons={why.value?.reasons ?? NO_REASONS}
      load={detail.load}
      tryNumber={tryNumber}
      now={now}
      log={
        <TaskLog
          task={task}
          tryNumber={tryNumber}
          couture={couture}
          attempt={
            task && tryNumber > 0
              ? { dagId, runId: task.run_id, taskId, mapIndex, tryNumber }
              : null
          }
        />
      }
      rendered={<TaskRendered task={task} couture={couture} />}
      trans={trans}
      onInstance={next => view.dispatch({ mapIndex: next, tryNumber: null })}
      onTry={next => view.dispatch({ tryNumber: next })}
      onOpenNotebook={actions.openNotebook}
      onZoom={
        node && runsDag(node)
          ? () =>
              actions.zoomInto(
                taskTarget(node, { dagId, runId, taskId, mapIndex }),
                view.getState().trail
              )
          : undefined
      }
      onClose={() => view.dispatch({ taskId: null })}
      onRetry={detail.retry}
    />
  );
}

interface TaskRenderedProps {
  readonly task: KnownTask | undefined;
  readonly couture: ICouture;
}

/** Fetched only while its tab is open: it needs a right of its own, and most readers want the log. */
function TaskRendered({ task, couture }: TaskRenderedProps): JSX.Element {
  const { session, trans } = couture;
  const group = task && [task.dag_id, task.run_id, task.task_id, task.map_index];
  const fetched = useFetched(
    task ? JSON.stringify([group, task.state, task.try_number]) : null,
    () =>
      session.api.rendered(
        task?.dag_id ?? '',
        task?.run_id ?? '',
        task?.task_id ?? '',
        task?.map_index ?? -1
      ),
    JSON.stringify(group ?? null)
  );
  if (fetched.load.status === 'failed' && !fetched.value) {
    return <ProblemNotice problem={fetched.load.problem} trans={trans} onRetry={fetched.retry} />;
  }
  return <RenderedFields rendered={fetched.value} trans={trans} />;
}

interface TaskLogProps {
  readonly task: KnownTask | undefined;
  readonly tryNumber: number;
  readonly couture: ICouture;
  readonly attempt: AttemptRef | null;
}

function TaskLog({ task, tryNumber, couture, attempt }: TaskLogProps): JSX.Element {
  const { session, trans } = couture;
  // Starting anew when the attempt starts spares the wait for a log that did not exist before.
  const isNewest = tryNumber === task?.try_number;
  const key = attempt && JSON.stringify([attempt, isNewest ? task?.started_at : null]);
  const follower = useLog(session.api, key, attempt);
  if (!task) {
    return (
      <Notice title={trans.__('No run is shown')}>
        {trans.__('Trigger the DAG, or choose a run, to see what this task does.')}
      </Notice>
    );
  }
  if (!attempt || !follower) {
    return (
      <Notice title={trans.__('No log yet')}>
        {trans.__('The task has not started. Its log appears here as it is written.')}
      </Notice>
    );
  }
  return <FollowedLog follower={follower} attempt={attempt} couture={couture} />;
}

interface FollowedLogProps {
  readonly follower: LogFollower;
  readonly attempt: AttemptRef;
  readonly couture: ICouture;
}

function FollowedLog({ follower, attempt, couture }: FollowedLogProps): JSX.Element {
  const { session, trans, settings } = couture;
  const state = useSyncExternalStore(follower.subscribe, follower.getState);
  const isWrapped = useSelected(settings, value => value.wrapLog);
  return (
    <LogView
      state={state}
      downloadUrl={session.api.logDownloadUrl(attempt)}
      isWrapped={isWrapped}
      trans={trans}
      onWrap={wrapLog => couture.changeSettings({ wrapLog })}
      onEarlier={() => void follower.earlier()}
      onFollow={() => follower.follow()}
      onRetry={() => follower.retry()}
    />
  );
}
