import { notebookIcon } from '@jupyterlab/ui-components';
import type { KeyboardEvent, ReactNode } from 'react';
import { attemptOf } from '../model/attempts';
import type { Translate } from '../model/labels';
import type { KnownTask, Load } from '../model/state';
import type { ActKind } from '../model/taskAct';
import type { Attempt, GraphNode, TaskDetail } from '../model/wire';
import { AttemptErrorBox } from './AttemptErrorBox';
import { IconButton } from './IconButton';
import { MissingNote } from './MissingNote';
import { ProblemNotice } from './Notice';
import { Tabs } from './Tabs';
import { TaskActions } from './TaskActions';
import { TaskHead } from './TaskHead';

export type TaskTab =
  'log' | 'details' | 'rendered' | 'xcom' | 'attempts' | 'instances' | 'notebook';

export interface TaskPart {
  readonly id: TaskTab;
  /** One word on the tab; `title` says it in full. */
  readonly label: string;
  readonly title: string;
  readonly body: ReactNode;
}

export interface TaskPanelProps {
  readonly taskId: string;
  readonly node: GraphNode | undefined;
  /** Absent without a run. */
  readonly task: KnownTask | undefined;
  /** All instances if the task is mapped; none otherwise. */
  readonly instances: readonly KnownTask[];
  readonly detail: TaskDetail | null;
  readonly load: Load;
  /** The try to show; the newest if the user did not choose. */
  readonly tryNumber: number;
  readonly now: number;
  /** What the user may do to the task; none: nothing, or not known yet. */
  readonly acts: readonly ActKind[];
  readonly parts: readonly TaskPart[];
  readonly tab: TaskTab;
  /** Why it does not run, if it waits, and what to do about it. */
  readonly waiting: ReactNode;
  /** What it asks people. */
  readonly question: ReactNode;
  readonly trans: Translate;
  readonly onTab: (tab: TaskTab) => void;
  readonly onInstance: (mapIndex: number) => void;
  readonly onTry: (tryNumber: number) => void;
  readonly onAct: (kind: ActKind) => void;
  readonly onOpenNotebook: (path: string) => void;
  /** Opens the DAG that this task runs; absent if it runs none. */
  readonly onZoom?: (() => void) | undefined;
  readonly onClose: () => void;
  readonly onRetry: () => void;
}

const NO_ATTEMPTS: readonly Attempt[] = [];

/** Everything about one task of one run. */
export function TaskPanel(props: TaskPanelProps): JSX.Element {
  const { taskId, node, task, detail, load, tryNumber, parts, trans } = props;
  const attempt = detail ? attemptOf(detail.attempts, tryNumber) : undefined;
  const shown = parts.find(part => part.id === props.tab) ?? parts[0];
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') {
      event.preventDefault();
      event.stopPropagation();
      props.onClose();
    }
  };
  return (
    <section
      className="couture-TaskPanel"
      data-couture="task-panel"
      data-task-id={taskId}
      data-run-id={task?.run_id}
      data-map-index={task?.map_index}
      data-state={task?.state ?? 'none'}
      aria-label={trans.__('Task %1', taskId)}
      onKeyDown={onKeyDown}
    >
      <TaskHead {...props} attempts={detail?.attempts ?? NO_ATTEMPTS} />
      {((task && props.acts.length > 0) || props.onZoom) && (
        <TaskActions
          acts={task ? props.acts : []}
          trans={trans}
          onAct={props.onAct}
          onZoom={props.onZoom}
        />
      )}
      {node?.missing && attempt?.error?.message !== node.missing.sentence && (
        <MissingNote missing={node.missing} />
      )}
      {props.waiting ??
        (task?.reason && !attempt?.error && (
          <p className="couture-TaskPanel-reason" data-couture="reason">
            {task.reason}
          </p>
        ))}
      {props.question}
      <div className="couture-TaskPanel-line">
        {task && <CellProgress task={task} trans={trans} />}
        {detail?.notebook && shown?.id !== 'notebook' && (
          <NotebookLink path={detail.notebook} trans={trans} onOpen={props.onOpenNotebook} />
        )}
      </div>
      {load.status === 'failed' && (
        <ProblemNotice problem={load.problem} trans={trans} onRetry={props.onRetry} />
      )}
      {attempt?.error && <AttemptErrorBox error={attempt.error} trans={trans} />}
      <Tabs
        tabs={parts}
        current={shown?.id ?? 'log'}
        label={trans.__('About the task')}
        onChange={props.onTab}
      />
      <div
        className="couture-TaskPanel-body"
        role="tabpanel"
        tabIndex={0}
        aria-label={shown?.title}
      >
        {shown?.body}
      </div>
    </section>
  );
}

interface NotebookLinkProps {
  readonly path: string;
  readonly trans: Translate;
  readonly onOpen: (path: string) => void;
}

function NotebookLink({ path, trans, onOpen }: NotebookLinkProps): JSX.Element {
  return (
    <div className="couture-TaskPanel-notebook">
      <IconButton
        icon={notebookIcon}
        hook="open-notebook"
        text={trans.__('Open executed notebook')}
        label={trans.__('Open executed notebook %1', path)}
        onClick={() => onOpen(path)}
      />
    </div>
  );
}

interface CellProgressProps {
  readonly task: KnownTask;
  readonly trans: Translate;
}

/** How many steps are done, as the attempt tells while it runs. */
export function CellProgress({ task, trans }: CellProgressProps): JSX.Element | null {
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
