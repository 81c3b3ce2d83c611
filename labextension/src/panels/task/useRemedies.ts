/** Carries out what one can do about a task that does not run. */
import type { DagActions } from '../../components/actions';
import type { Remedy } from '../../model/remedies';
import type { DagView } from '../../store/dagView';
import { useMay } from '../../store/hooks';
import type { ICouture } from '../../tokens';

export interface Remedies {
  /** Whether the user may. */
  can(remedy: Remedy): boolean;
  carryOut(remedy: Remedy, taskId: string | null): void;
}

export function useRemedies(
  couture: ICouture,
  view: DagView,
  actions: DagActions,
  dagId: string
): Remedies {
  const may = useMay(couture.session);
  const showTask = (taskId: string): void =>
    view.dispatch({ taskId, mapIndex: null, tryNumber: null });
  return {
    can: remedy => {
      switch (remedy.type) {
        case 'turn-on':
          return may('dags.edit');
        case 'answer':
          return may('tasks.edit');
        case 'open-task':
        case 'open-run':
          return true;
      }
    },
    carryOut: (remedy, taskId) => {
      switch (remedy.type) {
        case 'turn-on':
          return actions.setPaused(dagId, false);
        case 'answer':
          if (taskId !== null && view.getState().taskId !== taskId) {
            showTask(taskId);
          }
          return document
            .querySelector<HTMLElement>('.couture-Question input, .couture-Question button')
            ?.focus();
        case 'open-task':
          return showTask(remedy.taskId);
        case 'open-run':
          return view.dispatch({ choice: { kind: 'run', runId: remedy.runId }, tryNumber: null });
      }
    }
  };
}
