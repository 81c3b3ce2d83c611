/** What can be done with rows that are selected. */
import type { Translate } from '../labels';
import type { Permission } from '../permissions';
import type { RunAction } from '../wireBrowse';
import type { Subject } from './page';
import type { PageId } from './pageIds';

export type TaskAction = 'clear' | 'mark_success' | 'mark_failed';

export type BrowseAction =
  | { readonly type: 'run'; readonly id: RunAction; readonly needs: readonly Permission[] }
  | { readonly type: 'task'; readonly id: TaskAction; readonly needs: readonly Permission[] }
  | { readonly type: 'variable'; readonly id: 'delete'; readonly needs: readonly Permission[] };

const EDIT: readonly Permission[] = ['tasks.edit'];

const ACTIONS: Readonly<Partial<Record<PageId, readonly BrowseAction[]>>> = {
  runs: [
    { type: 'run', id: 'set_running', needs: EDIT },
    { type: 'run', id: 'set_success', needs: EDIT },
    { type: 'run', id: 'set_failed', needs: EDIT },
    { type: 'run', id: 'clear', needs: EDIT },
    { type: 'run', id: 'delete', needs: ['tasks.edit', 'runs.delete'] }
  ],
  tasks: [
    { type: 'task', id: 'clear', needs: EDIT },
    { type: 'task', id: 'mark_success', needs: EDIT },
    { type: 'task', id: 'mark_failed', needs: EDIT }
  ],
  variables: [{ type: 'variable', id: 'delete', needs: ['variables.edit'] }]
};

export function actionsOf(
  page: PageId,
  may: (permission: Permission) => boolean
): readonly BrowseAction[] {
  return (ACTIONS[page] ?? []).filter(action => action.needs.every(may));
}

export function actionLabel(action: BrowseAction, trans: Translate): string {
  const labels: Readonly<Record<RunAction | TaskAction, string>> = {
    set_running: trans.__('Set Running'),
    set_success: trans.__('Set Success'),
    set_failed: trans.__('Set Failed'),
    clear: trans.__('Clear'),
    delete: trans.__('Delete'),
    mark_success: trans.__('Mark Success'),
    mark_failed: trans.__('Mark Failed')
  };
  return labels[action.id];
}

/** What it means for the rows, in a sentence. */
export function actionMeaning(action: BrowseAction, trans: Translate): string {
  switch (action.id) {
    case 'set_running':
      return trans.__(
        'Runs that have ended are opened again: whatever is undecided in them goes on.'
      );
    case 'set_success':
      return trans.__(
        'The runs end as successes: attempts are stopped, what was not done counts as done.'
      );
    case 'set_failed':
      return trans.__(
        'The runs end as failures: attempts are stopped, what was not done counts as skipped.'
      );
    case 'delete':
      return action.type === 'variable'
        ? trans.__(
            'The variables are removed. Whatever reads one takes its default, and fails if it has none.'
          )
        : trans.__(
            'The runs are stopped, and removed with their values and logs. The audit log stays.'
          );
    case 'clear':
      return action.type === 'run'
        ? trans.__('All tasks of the runs run again.')
        : trans.__('The task instances run again.');
    case 'mark_success':
      return trans.__('The task instances end as successes; what runs is stopped.');
    case 'mark_failed':
      return trans.__('The task instances end as failures; what runs is stopped.');
  }
}

/** How a row is called in confirmations and results. */
export function subjectLabel(subject: Subject): string {
  switch (subject.type) {
    case 'run':
      return `${subject.dagId} · ${subject.runId}`;
    case 'task': {
      const index = subject.mapIndex >= 0 ? ` [${subject.mapIndex}]` : '';
      return `${subject.dagId} · ${subject.taskId}${index} · ${subject.runId}`;
    }
    case 'miss':
      return String(subject.number);
    case 'variable':
      return subject.key;
  }
}

/** What came of an action for one row. */
export interface Outcome {
  readonly label: string;
  readonly isDone: boolean;
  readonly text: string;
}
