import { Waiting } from '../../components/Waiting';
import { isTerminal } from '../../model/labels';
import type { Remedy } from '../../model/remedies';
import type { KnownTask } from '../../model/state';
import type { ReasonWithFacts } from '../../model/wireTask';
import type { DagActions } from '../../components/actions';
import type { DagView } from '../../store/dagView';
import { useMay } from '../../store/hooks';
import type { ICouture } from '../../tokens';

export interface TaskWaitsProps {
  readonly task: KnownTask;
  readonly reasons: readonly ReasonWithFacts[];
  readonly couture: ICouture;
  readonly view: DagView;
  readonly actions: DagActions;
}

/** Says why the task does not run, and carries out the remedy that is chosen. */
export function TaskWaits(props: TaskWaitsProps): JSX.Element {
  const { task, reasons, couture, view, actions } = props;
  const may = useMay(couture.session);
  const can = (remedy: Remedy): boolean => {
    switch (remedy.type) {
      case 'turn-on':
        return may('dags.edit');
      case 'answer':
        return may('tasks.edit');
      case 'open-task':
      case 'open-run':
        return true;
    }
  };
  const onRemedy = (remedy: Remedy): void => {
    switch (remedy.type) {
      case 'turn-on':
        return actions.setPaused(task.dag_id, false);
      case 'answer':
        return document
          .querySelector<HTMLElement>('.couture-Question input, .couture-Question button')
          ?.focus();
      case 'open-task':
        return view.dispatch({ taskId: remedy.taskId, mapIndex: null, tryNumber: null });
      case 'open-run':
        return view.dispatch({ choice: { kind: 'run', runId: remedy.runId }, tryNumber: null });
    }
  };
  return (
    <Waiting
      reasons={reasons}
      isOver={isTerminal(task.state)}
      trans={couture.trans}
      can={can}
      onRemedy={onRemedy}
    />
  );
}
