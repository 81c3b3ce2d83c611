/** What views of one task instance show: the instance, its siblings, its attempts. */
import { mappedInstances, taskMap, tasksByNode, tasksOf } from '../model/selectors';
import type { KnownTask } from '../model/state';
import type { TaskDetail } from '../model/wire';
import { useCouture, useFetched, type Fetched } from '../store/hooks';
import type { CoutureSession } from '../store/session';

export interface TaskChoice {
  readonly dagId: string;
  readonly runId: string | null;
  readonly taskId: string;
  /** The instance of a mapped task; null: the worst. */
  readonly mapIndex: number | null;
  /** Null: the newest. */
  readonly tryNumber: number | null;
}

export interface ShownTask {
  /** Absent without a run, and until its tasks have come. */
  readonly task: KnownTask | undefined;
  /** All instances if the task is mapped; none otherwise. */
  readonly instances: readonly KnownTask[];
  readonly detail: Fetched<TaskDetail>;
  /** 0: it has not been tried. */
  readonly tryNumber: number;
}

/** The tasks of the run must be kept up to date by the caller; the attempts come anew whenever the task changes state. */
export function useShownTask(session: CoutureSession, choice: TaskChoice): ShownTask {
  const { dagId, runId, taskId } = choice;
  const instances = useCouture(session, state =>
    mappedInstances(taskMap(tasksOf(state, dagId, runId)), taskId)
  );
  const shown = useCouture(session, state =>
    tasksByNode(taskMap(tasksOf(state, dagId, runId))).get(taskId)
  );
  const task = instances.find(instance => instance.map_index === choice.mapIndex) ?? shown;
  const mapIndex = task?.map_index ?? -1;
  const group = JSON.stringify([dagId, runId, taskId, mapIndex]);
  const detail = useFetched(
    task ? JSON.stringify([group, task.state, task.try_number]) : null,
    () => session.api.task(dagId, runId ?? '', taskId, mapIndex),
    group
  );
  return { task, instances, detail, tryNumber: choice.tryNumber ?? task?.try_number ?? 0 };
}
