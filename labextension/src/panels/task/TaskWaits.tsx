import type { DagActions } from '../../components/actions';
import { Waiting } from '../../components/Waiting';
import { isTerminal } from '../../model/labels';
import type { KnownTask } from '../../model/state';
import type { ReasonWithFacts } from '../../model/wireTask';
import type { DagView } from '../../store/dagView';
import type { ICouture } from '../../tokens';
import { useRemedies } from './useRemedies';

export interface TaskWaitsProps {
  readonly task: KnownTask;
  readonly reasons: readonly ReasonWithFacts[];
  readonly couture: ICouture;
  readonly view: DagView;
  readonly actions: DagActions;
}

/** Says why the task does not run, and carries out the remedy that is chosen. */
export function TaskWaits({ task, reasons, couture, view, actions }: TaskWaitsProps): JSX.Element {
  const { can, carryOut } = useRemedies(couture, view, actions, task.dag_id, task.run_id);
  return (
    <Waiting
      reasons={reasons}
      isOver={isTerminal(task.state)}
      trans={couture.trans}
      can={can}
      onRemedy={remedy => carryOut(remedy, { taskId: task.task_id, mapIndex: task.map_index })}
    />
  );
}
