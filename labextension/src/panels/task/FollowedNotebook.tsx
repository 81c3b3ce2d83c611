import type { ReactNode } from 'react';
import { Notice } from '../../components/Notice';
import { TaskNotebook } from '../../components/TaskNotebook';
import type { KnownTask } from '../../model/state';
import { refOf } from '../../model/taskAct';
import type { NotebookCell } from '../../model/wireNotebook';
import type { AttemptRef } from '../../api/rest';
import { useNotebook } from '../../store/useNotebook';
import type { Live } from '../tabs/types';

export interface FollowedNotebookProps {
  readonly couture: Live;
  readonly task: KnownTask | undefined;
  readonly tryNumber: number;
  /** Where the lab opens the newest executed copy. */
  readonly path: string | null;
  /** Whether outputs may be read; the cells are told without them, too. */
  readonly mayRead: boolean;
  readonly now: number;
  /** Draws the outputs of a cell that has some, named by `label`. */
  readonly draw: (cell: NotebookCell, label: string) => ReactNode;
  /** Absent where notebooks cannot be opened. */
  readonly onOpen?: (path: string) => void;
}

/** The notebook of an attempt, followed while it is written. */
export function FollowedNotebook(props: FollowedNotebookProps): JSX.Element {
  const { couture, task, tryNumber, path, mayRead, now, draw, onOpen } = props;
  const { session, trans } = couture;
  const attempt: AttemptRef | null =
    mayRead && task && tryNumber > 0 ? { ...refOf(task), tryNumber } : null;
  const isNewest = tryNumber === task?.try_number;
  const moment = isNewest ? (task?.started_at ?? null) : null;
  const { notebook, status, problem, retry } = useNotebook(session.api, attempt, moment);
  if (attempt && status === 'loading') {
    return <Notice kind="loading" title={trans.__('Loading…')} />;
  }
  return (
    <TaskNotebook
      task={task}
      isNewest={isNewest}
      notebook={notebook}
      problem={problem}
      path={attempt ? (notebook.path ?? (isNewest ? path : null)) : path}
      now={now}
      trans={trans}
      outputsOf={cell =>
        cell.outputs.length > 0 && draw(cell, trans.__('Outputs of cell %1', cell.number))
      }
      onOpen={onOpen}
      onRetry={retry}
    />
  );
}
