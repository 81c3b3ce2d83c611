/** Carries out what one can do about a task that does not run. */
import type { DagActions } from '../../components/actions';
import type { Permission } from '../../model/permissions';
import type { Remedy } from '../../model/remedies';
import type { TaskRef } from '../../model/taskAct';
import type { DagView } from '../../store/dagView';
import { useMay } from '../../store/hooks';
import type { ICouture } from '../../tokens';
import { attempt } from '../tell';

/** The task instance that a reason is about. */
export interface HeldUp {
  readonly taskId: string;
  readonly mapIndex: number;
}

export interface Remedies {
  /** Whether the user may. */
  can(remedy: Remedy): boolean;
  /** `task` null: it is about the whole run. */
  carryOut(remedy: Remedy, task: HeldUp | null): void;
}

const NEEDS: Readonly<Record<Remedy['type'], Permission | null>> = {
  'turn-on': 'dags.edit',
  answer: 'tasks.edit',
  'run-now': 'tasks.edit',
  clear: 'tasks.edit',
  'set-slots': 'pools.edit',
  'open-limit': 'code.read',
  'open-runs': 'runs.read',
  'open-overview': null,
  'open-task': null,
  'show-log': 'logs.read',
  'open-run': null
};

/** Where that task asks: behind other tabs there may be panels of other tasks that ask, too. */
function focusQuestion(runId: string | null, { taskId }: HeldUp): void {
  const panels = document.querySelectorAll<HTMLElement>('[data-couture="task-panel"]');
  [...panels]
    .find(({ dataset }) => dataset['taskId'] === taskId && dataset['runId'] === runId)
    ?.querySelector<HTMLElement>('.couture-Question input, .couture-Question button')
    ?.focus();
}

export function useRemedies(
  couture: ICouture,
  view: DagView,
  actions: DagActions,
  dagId: string,
  runId: string | null
): Remedies {
  const may = useMay(couture.session);
  const showTask = (taskId: string): void =>
    view.dispatch({ taskId, mapIndex: null, tryNumber: null });
  const act = async (remedy: Remedy, task: HeldUp | null): Promise<void> => {
    switch (remedy.type) {
      case 'turn-on':
        return actions.setPaused(dagId, false);
      case 'answer':
        if (task !== null && view.getState().taskId !== task.taskId) {
          showTask(task.taskId);
        }
        return task === null ? undefined : focusQuestion(runId, task);
      case 'show-log':
        return void (
          task &&
          view.dispatch({
            taskId: task.taskId,
            mapIndex: task.mapIndex < 0 ? null : task.mapIndex,
            tryNumber: null
          })
        );
      case 'clear':
      case 'run-now': {
        const { actInLab } = await import('./actInLab');
        const ref: TaskRef | null = task && runId !== null ? { dagId, runId, ...task } : null;
        return void (
          ref && (await actInLab(couture, remedy.type === 'clear' ? 'clear' : 'run', ref))
        );
      }
      case 'set-slots':
        return (await import('./setSlots')).setSlots(couture, remedy);
      case 'open-limit': {
        const { openLimit } = await import('./openLimit');
        const taskId = remedy.isOfTask ? (task?.taskId ?? null) : null;
        return openLimit(couture, actions, dagId, remedy.limit, taskId);
      }
      case 'open-runs':
        return view.dispatch({ tab: 'runs' });
      case 'open-overview':
        return actions.openOverview();
      case 'open-task':
        return showTask(remedy.taskId);
      case 'open-run':
        return view.dispatch({ choice: { kind: 'run', runId: remedy.runId }, tryNumber: null });
    }
  };
  return {
    can: remedy => {
      const needed = NEEDS[remedy.type];
      return needed === null || may(needed);
    },
    carryOut: (remedy, task) => void attempt(couture.trans, () => act(remedy, task))
  };
}
