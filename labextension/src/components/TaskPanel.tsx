import { closeIcon, notebookIcon } from '@jupyterlab/ui-components';
import { useState, type ReactNode } from 'react';
import { elapsedSeconds, formatDuration } from '../model/format';
import { attemptStateLabel, taskStateLabel, type Translate } from '../model/labels';
import type { KnownTask, Load } from '../model/state';
import type { Attempt, GraphNode, TaskDetail, WaitReason } from '../model/wire';
import { AttemptErrorBox } from './AttemptErrorBox';
import { zoomIntoIcon } from './graph/icons';
import { IconButton } from './IconButton';
import { MissingNote } from './MissingNote';
import { Instances } from './Instances';
import { ProblemNotice } from './Notice';
import { StateMark } from './StateMark';
import { Tabs } from './Tabs';
import { TaskFacts } from './TaskFacts';
import { Waiting } from './Waiting';

export interface TaskPanelProps {
  readonly taskId: string;
  readonly node: GraphNode | undefined;
  /** Absent without a run. */
  readonly task: KnownTask | undefined;
  /** All instances if the task is mapped; none otherwise. */
  readonly instances: readonly KnownTask[];
  readonly detail: TaskDetail | null;
  /** Why it does not run, if it waits. */
  readonly reasons: readonly WaitReason[];
  readonly load: Load;
  /** The try to show; the newest if the user did not choose. */
  readonly tryNumber: number;
  readonly now: number;
  readonly log: ReactNode;
  readonly rendered: ReactNode;
  readonly trans: Translate;
  readonly onInstance: (mapIndex: number) => void;
  readonly onTry: (tryNumber: number) => void;
  readonly onOpenNotebook: (path: string) => void;
  /** Opens the DAG that this task runs; absent if it runs none. */
  readonly onZoom?: (() => void) | undefined;
  readonly onClose: () => void;
  readonly onRetry: () => void;
}

type PanelTab = 'log' | 'details' | 'rendered';

/** Everything about one task of one run. */
export function TaskPanel(props: TaskPanelProps): JSX.Element {
  const { taskId, node, task, detail, load, tryNumber, now, trans } = props;
  const [tab, setTab] = useState<PanelTab>('log');
  const attempts = detail?.attempts ?? [];
  const attempt = attempts.find(known => known.try_number === tryNumber);
  const notebook = detail?.notebook ?? null;
  return (
    <section
      className="couture-TaskPanel"
      data-couture="task-panel"
      data-task-id={taskId}
      data-state={task?.state ?? 'none'}
      aria-label={trans.__('Task %1', taskId)}
    >
      <header className="couture-TaskPanel-head">
        <h2 title={node?.description || taskId}>{taskId}</h2>
        {props.instances.length > 0 && task && (
          <Instances
            task={task}
            instances={props.instances}
            trans={trans}
            onInstance={props.onInstance}
          />
        )}
        {task && <StateChip task={task} now={now} trans={trans} />}
        {attempts.length > 1 && <Tries {...props} attempts={attempts} />}
        <span className="couture-spring" />
        {props.onZoom && (
          <IconButton
            icon={zoomIntoIcon}
            hook="zoom-into-dag"
            text={trans.__('Zoom into DAG')}
            label={trans.__('Zoom into DAG: open the DAG that this task runs')}
            onClick={props.onZoom}
          />
        )}
        <IconButton icon={closeIcon} label={trans.__('Close the task')} onClick={props.onClose} />
      </header>
      {node?.missing && attempt?.error?.message !== node.missing.sentence && (
        <MissingNote missing={node.missing} />
      )}
      {props.reasons.length > 0 ? (
        <Waiting reasons={props.reasons} trans={trans} />
      ) : (
        task?.reason &&
        !attempt?.error && (
          <p className="couture-TaskPanel-reason" data-couture="reason">
            {task.reason}
          </p>
        )
      )}
      {task && <CellProgress task={task} trans={trans} />}
      {notebook && (
        <div className="couture-TaskPanel-notebook">
          <IconButton
            icon={notebookIcon}
            hook="open-notebook"
            text={trans.__('Open executed notebook')}
            label={trans.__('Open executed notebook %1', notebook)}
            onClick={() => props.onOpenNotebook(notebook)}
          />
        </div>
      )}
      {load.status === 'failed' && (
        <ProblemNotice problem={load.problem} trans={trans} onRetry={props.onRetry} />
      )}
      {attempt?.error && <AttemptErrorBox error={attempt.error} trans={trans} />}
      <Tabs
        tabs={[
          { id: 'log', label: trans.__('Log') },
          { id: 'details', label: trans.__('Details') },
          { id: 'rendered', label: trans.__('Rendered') }
        ]}
        current={tab}
        label={trans.__('About the task')}
        onChange={setTab}
      />
      <div className="couture-TaskPanel-body" role="tabpanel">
        {tab === 'log' && props.log}
        {tab === 'details' && (
          <TaskFacts node={node} task={task} attempt={attempt} now={now} trans={trans} />
        )}
        {tab === 'rendered' && props.rendered}
      </div>
    </section>
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

function CellProgress({
  task,
  trans
}: {
  readonly task: KnownTask;
  readonly trans: Translate;
}): JSX.Element | null {
  const progress = task.progress;
  if (!progress || progress.total === 0) {
    return null;
  }
  // The last step is told together with the end.
  const done = task.state === 'success' ? progress.total : progress.done;
  return (
    <div className="couture-Progress couture-state" data-state={task.state} data-couture="progress">
      <div
        className="couture-Progress-cells"
        role="progressbar"
        aria-valuenow={done}
        aria-valuemin={0}
        aria-valuemax={progress.total}
        aria-label={trans.__('Notebook cells')}
      >
        <div style={{ width: `${(100 * done) / progress.total}%` }} />
      </div>
      <span className="couture-number">{trans.__('%1 of %2 cells', done, progress.total)}</span>
    </div>
  );
}

function Tries(props: TaskPanelProps & { readonly attempts: readonly Attempt[] }): JSX.Element {
  const { attempts, tryNumber, trans, onTry } = props;
  return (
    <div className="couture-Tries" role="group" aria-label={trans.__('Tries')} data-couture="tries">
      {attempts.map(attempt => (
        <button
          key={attempt.attempt_id}
          type="button"
          className="couture-Tries-item"
          aria-pressed={attempt.try_number === tryNumber}
          onClick={() => onTry(attempt.try_number)}
        >
          {trans.__('Try %1', attempt.try_number)}
          <span className="couture-faint">{attemptStateLabel(attempt.state, trans)}</span>
        </button>
      ))}
    </div>
  );
}
