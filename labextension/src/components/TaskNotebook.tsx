import { notebookIcon } from '@jupyterlab/ui-components';
import type { ReactNode } from 'react';
import { formatBytes } from '../model/format';
import type { Translate } from '../model/labels';
import { isActive } from '../model/labels';
import type { ShownNotebook } from '../model/notebookCells';
import type { KnownTask, Problem } from '../model/state';
import type { NotebookCell } from '../model/wireNotebook';
import { IconButton } from './IconButton';
import { NotebookCells } from './NotebookCells';
import { Notice, ProblemNotice } from './Notice';

export interface TaskNotebookProps {
  readonly task: KnownTask | undefined;
  /** Whether the shown attempt is the newest, of which the task tells its progress. */
  readonly isNewest: boolean;
  /** What the attempt has written so far. */
  readonly notebook: ShownNotebook;
  readonly problem: Problem | null;
  /** Path of the executed copy, as the lab opens it; null while there is none. */
  readonly path: string | null;
  readonly now: number;
  readonly trans: Translate;
  /** Draws the outputs of a cell. */
  readonly outputsOf: (cell: NotebookCell) => ReactNode;
  /** Absent where notebooks cannot be opened. */
  readonly onOpen?: ((path: string) => void) | undefined;
  readonly onRetry: () => void;
}

/** A notebook task: its cells with their outputs as they come, and its executed copy. */
export function TaskNotebook(props: TaskNotebookProps): JSX.Element {
  const { task, isNewest, notebook, problem, path, trans, onOpen } = props;
  const progress = isNewest ? task?.progress : undefined;
  if (path === null && notebook.cells.length === 0 && !progress) {
    return problem ? (
      <ProblemNotice problem={problem} trans={trans} onRetry={props.onRetry} />
    ) : (
      <Notice title={trans.__('No executed notebook yet')}>
        {trans.__('It is kept when the task has run, with the output of every cell.')}
      </Notice>
    );
  }
  return (
    <div className="couture-Notebook" data-couture="task-notebook">
      {path !== null && onOpen && (
        <p>
          <IconButton
            icon={notebookIcon}
            hook="open-executed"
            text={trans.__('Open the executed notebook')}
            label={trans.__('Open the executed notebook %1', path)}
            onClick={() => onOpen(path)}
          />
          <code>{path}</code>
        </p>
      )}
      {problem && <ProblemNotice problem={problem} trans={trans} onRetry={props.onRetry} />}
      {notebook.is_too_large && (
        <Notice title={trans.__('It is too large to be shown here')}>
          {trans.__('The notebook has %1. Open it to see it.', formatBytes(notebook.size_bytes))}
        </Notice>
      )}
      {notebook.cells.length > 0 ? (
        <NotebookCells {...props} />
      ) : (
        task && progress && progress.total > 0 && <Progress task={task} trans={trans} />
      )}
    </div>
  );
}

interface ProgressProps {
  readonly task: KnownTask;
  readonly trans: Translate;
}

/** The cells as the task counts them, where what they show may not be read. */
function Progress({ task, trans }: ProgressProps): JSX.Element {
  const { done, total, label } = task.progress ?? { done: 0, total: 0, label: '' };
  return (
    <ol className="couture-Notebook-steps" aria-label={trans.__('Cells')}>
      {Array.from({ length: total }, (_cell, index) => {
        const isDone = index < done || task.state === 'success';
        const isNow = index === done && isActive(task.state);
        const failed = index === done && task.state === 'failed';
        const state = isDone ? 'success' : isNow ? 'running' : failed ? 'failed' : 'none';
        return (
          <li key={index} className="couture-state" data-state={state}>
            <span className="couture-number">{trans.__('Cell %1 of %2', index + 1, total)}</span>
            {index === done && label !== '' && <code>{label}</code>}
            <span className="couture-faint">
              {isDone
                ? trans.__('done')
                : isNow
                  ? trans.__('running')
                  : failed
                    ? trans.__('failed')
                    : ''}
            </span>
          </li>
        );
      })}
    </ol>
  );
}
