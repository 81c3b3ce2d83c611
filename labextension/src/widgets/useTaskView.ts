import type { TaskHeadProps } from '../components/TaskHead';
import { tasksOf } from '../model/selectors';
import type { Load } from '../model/state';
import { useTasks } from '../panels/useShownGraph';
import { useShownRun, type ShownRun } from '../panels/useShownRun';
import { useShownTask, type ShownTask } from '../panels/useShownTask';
import type { DagView } from '../store/dagView';
import { useCouture, useNow, useSelected } from '../store/hooks';
import { useSeen } from '../store/seen';
import { useDagView } from './useDagView';
import type { ViewProps } from './views';

const IDLE: Load = { status: 'idle' };
const SECOND_MS = 1000;

/** What a widget of one task instance shows. */
export interface TaskView extends ShownTask {
  readonly view: DagView;
  readonly shownRun: ShownRun;
  readonly runId: string | null;
  /** Null: none is chosen. */
  readonly taskId: string | null;
  /** Of the tasks of the run. */
  readonly load: Load;
  readonly now: number;
  readonly choose: Pick<TaskHeadProps, 'onInstance' | 'onTry'>;
}

export function useTaskView({ live, model, dagId }: ViewProps): TaskView {
  const { session } = live;
  const view = useDagView(model);
  const { choice, taskId, mapIndex, tryNumber } = useSelected(view, state => state);
  const shownRun = useShownRun(session, dagId, choice);
  const runId = shownRun.shown.run?.run_id ?? null;
  useTasks(session, dagId, runId);
  const load = useCouture(session, state => tasksOf(state, dagId, runId)?.load ?? IDLE);
  const known = useShownTask(session, { dagId, runId, taskId: taskId ?? '', mapIndex, tryNumber });
  const { task } = known;
  const isMoving = task !== undefined && task.started_at !== null && task.ended_at === null;
  const isSeen = useSeen();
  const now = useNow(isMoving && isSeen ? SECOND_MS : null);
  return {
    ...known,
    view,
    shownRun,
    runId,
    taskId,
    load,
    now,
    choose: {
      onInstance: next => view.dispatch({ mapIndex: next, tryNumber: null }),
      onTry: next => view.dispatch({ tryNumber: next })
    }
  };
}
