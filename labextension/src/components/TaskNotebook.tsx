import { notebookIcon } from '@jupyterlab/ui-components';
import type { Translate } from '../model/labels';
import { isActive } from '../model/labels';
import type { KnownTask } from '../model/state';
import { IconButton } from './IconButton';
import { Notice } from './Notice';

export interface TaskNotebookProps {
  readonly task: KnownTask | undefined;
  /** Path of the executed copy, as the lab opens it; null while there is none. */
  readonly path: string | null;
  readonly trans: Translate;
  readonly onOpen: (path: string) => void;
}

/** A notebook task: the cell it is at, and its executed copy. */
export function TaskNotebook({ task, path, trans, onOpen }: TaskNotebookProps): JSX.Element {
  const progress = task?.progress;
  const isRunning = task !== undefined && isActive(task.state);
  if (path === null && !progress) {
    return (
      <Notice title={trans.__('No executed notebook yet')}>
        {trans.__('It is kept when the task has run, with the output of every cell.')}
      </Notice>
    );
  }
  return (
    <div className="couture-Notebook" data-couture="task-notebook">
      {progress && progress.total > 0 && (
        <ol className="couture-Notebook-cells" aria-label={trans.__('Cells')}>
          {Array.from({ length: progress.total }, (_cell, index) => {
            const isDone = index < progress.done || task?.state === 'success';
            const isNow = index === progress.done && isRunning;
            const failed = index === progress.done && task?.state === 'failed';
            const state = isDone ? 'success' : isNow ? 'running' : failed ? 'failed' : 'none';
            return (
              <li key={index} className="couture-state" data-state={state}>
                <span className="couture-number">
                  {trans.__('Cell %1 of %2', index + 1, progress.total)}
                </span>
                {index === progress.done && progress.label !== '' && <code>{progress.label}</code>}
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
      )}
      {path !== null && (
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
    </div>
  );
}
