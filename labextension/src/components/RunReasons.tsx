import { Fragment } from 'react';
import { taskStateLabel, type Translate } from '../model/labels';
import type { Remedy } from '../model/remedies';
import type { RunWhy, TaskWhy } from '../model/wireTask';
import { Notice } from './Notice';
import { StateMark } from './StateMark';
import { Reasons } from './Waiting';

export interface RunReasonsProps {
  readonly why: RunWhy;
  /** Whether the run has ended: then it is told why tasks never ran. */
  readonly isOver: boolean;
  readonly trans: Translate;
  readonly can: (remedy: Remedy) => boolean;
  readonly onRemedy: (remedy: Remedy, task: TaskWhy | null) => void;
  readonly onTask: (task: TaskWhy) => void;
}

/** Everything that holds up a run: what holds for all of it, then its tasks one by one. */
export function RunReasons(props: RunReasonsProps): JSX.Element {
  const { why, isOver, trans, can, onRemedy, onTask } = props;
  if (why.reasons.length === 0 && why.tasks.length === 0) {
    return (
      <Notice title={isOver ? trans.__('Every task has run') : trans.__('Nothing holds it up')}>
        {isOver
          ? trans.__('No task of this run failed or was left out.')
          : trans.__('Every task runs, has run, or is about to.')}
      </Notice>
    );
  }
  const failed = why.tasks.filter(task => task.state === 'failed');
  const others = why.tasks.filter(task => task.state !== 'failed');
  const parts: readonly (readonly [string, readonly TaskWhy[]])[] = [
    [trans.__('Tasks that failed'), failed],
    [isOver ? trans.__('Tasks that did not run') : trans.__('Tasks that wait'), others]
  ];
  return (
    <section
      className="couture-Why"
      data-couture="why"
      tabIndex={0}
      aria-label={trans.__('Why the run does not go on')}
    >
      {why.reasons.length > 0 && (
        <div className="couture-Why-run" data-couture="why-run">
          <h3>{trans.__('The whole run')}</h3>
          <Reasons
            reasons={why.reasons}
            trans={trans}
            can={can}
            onRemedy={remedy => onRemedy(remedy, null)}
          />
        </div>
      )}
      {parts
        .filter(([, tasks]) => tasks.length > 0)
        .map(([title, tasks]) => (
          <Fragment key={title}>
            <h3>{title}</h3>
            <ul className="couture-Why-tasks">
              {tasks.map(task => (
                <li key={`${task.task_id} ${task.map_index}`} data-task-id={task.task_id}>
                  <button
                    type="button"
                    className="couture-LinkButton couture-Why-task"
                    onClick={() => onTask(task)}
                  >
                    <StateMark state={task.state} label={taskStateLabel(task.state, trans)} />
                    {task.map_index < 0 ? task.task_id : `${task.task_id}[${task.map_index}]`}
                  </button>
                  <Reasons
                    reasons={task.reasons}
                    trans={trans}
                    can={can}
                    onRemedy={remedy => onRemedy(remedy, task)}
                  />
                </li>
              ))}
            </ul>
          </Fragment>
        ))}
      {why.total > why.tasks.length && (
        <p className="couture-faint">
          {trans.__('The first %1 of %2 tasks are told.', why.tasks.length, why.total)}
        </p>
      )}
    </section>
  );
}
