import { closeIcon } from '@jupyterlab/ui-components';
import { elapsedSeconds, formatDuration } from '../model/format';
import { taskStateLabel, type Translate } from '../model/labels';
import type { KnownTask } from '../model/state';
import type { Attempt, GraphNode } from '../model/wire';
import { dragCode } from './dragCode';
import { IconButton } from './IconButton';
import { Instances } from './Instances';
import { StateMark } from './StateMark';
import { TrySelect } from './TrySelect';

export interface TaskHeadProps {
  readonly taskId: string;
  readonly node?: GraphNode | undefined;
  /** Absent without a run. */
  readonly task: KnownTask | undefined;
  /** All instances if the task is mapped; none otherwise. */
  readonly instances: readonly KnownTask[];
  readonly attempts: readonly Attempt[];
  readonly tryNumber: number;
  readonly now: number;
  readonly trans: Translate;
  readonly onInstance: (mapIndex: number) => void;
  readonly onTry: (tryNumber: number) => void;
  /** Absent where nothing can be closed. */
  readonly onClose?: () => void;
}

/** Which task instance something is about and how it is, with a choice of instance and attempt. */
export function TaskHead(props: TaskHeadProps): JSX.Element {
  const { taskId, node, task, attempts, trans } = props;
  return (
    <header className="couture-TaskPanel-head">
      <h2
        title={node?.description || taskId}
        {...(task &&
          dragCode({ dagId: task.dag_id, runId: task.run_id, taskId, mapIndex: task.map_index }))}
      >
        {taskId}
      </h2>
      {props.instances.length > 0 && task && (
        <Instances
          task={task}
          instances={props.instances}
          trans={trans}
          onInstance={props.onInstance}
        />
      )}
      {task && <StateChip task={task} now={props.now} trans={trans} />}
      {attempts.length > 1 && (
        <TrySelect
          attempts={attempts}
          tryNumber={props.tryNumber}
          trans={trans}
          onTry={props.onTry}
        />
      )}
      <span className="couture-spring" />
      {props.onClose && (
        <IconButton
          icon={closeIcon}
          hook="close-task"
          label={trans.__('Close')}
          onClick={props.onClose}
        />
      )}
    </header>
  );
}

interface StateChipProps {
  readonly task: KnownTask;
  readonly now: number;
  readonly trans: Translate;
}

function StateChip({ task, now, trans }: StateChipProps): JSX.Element {
  return (
    <span className="couture-Chip couture-state" data-state={task.state} data-couture="task-state">
      <StateMark state={task.state} />
      <span>{taskStateLabel(task.state, trans)}</span>
      {task.started_at && (
        <span className="couture-number">
          {formatDuration(elapsedSeconds(task.started_at, task.ended_at, now))}
        </span>
      )}
    </span>
  );
}
