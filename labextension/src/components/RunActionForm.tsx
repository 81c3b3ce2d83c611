import { useMemo, useState } from 'react';
import { taskStateLabel, type Translate } from '../model/labels';
import type { Load } from '../model/state';
import { taskKey } from '../model/state';
import type { TaskState } from '../model/wire';
import type { Preview, RunAction } from '../model/wireOrders';
import { DialogFooter } from './DialogFooter';
import { Notice, ProblemNotice } from './Notice';
import { StateMark } from './StateMark';

export interface RunActionFormProps {
  readonly action: RunAction;
  readonly preview: Preview | null;
  readonly load: Load;
  /** Whether the DAG has a newer version than the run. */
  readonly hasNewerVersion: boolean;
  readonly isActive: boolean;
  readonly trans: Translate;
  readonly onAction: (action: RunAction) => void;
  readonly onRetry: () => void;
  /** Resolves to what the server says against it, null if it is done. */
  readonly onSend: (action: RunAction, expect: string) => Promise<string | null>;
  readonly onCancel: () => void;
}

const LISTED = 200;

function lead(props: RunActionFormProps): string {
  const { action, isActive, trans } = props;
  switch (action.kind) {
    case 'clear':
      return trans.__(
        'These tasks are done again, with all their retries. What they handed on is dropped; old logs stay.'
      );
    case 'mark':
      return isActive
        ? trans.__('The run is stopped. These tasks have not ended and are changed.')
        : trans.__('These tasks are changed.');
    case 'delete':
      return isActive
        ? trans.__(
            'The run is stopped, then it is forgotten: its tasks, values and logs. This cannot be undone.'
          )
        : trans.__('The run is forgotten: its tasks, values and logs. This cannot be undone.');
  }
}

function buttonText(props: RunActionFormProps): string {
  const { action, trans } = props;
  switch (action.kind) {
    case 'clear':
      return trans.__('Clear');
    case 'mark':
      return action.state === 'success' ? trans.__('Mark success') : trans.__('Mark failed');
    case 'delete':
      return trans.__('Delete run');
  }
}

/** What an action on a run would touch, and the button that does it. */
export function RunActionForm(props: RunActionFormProps): JSX.Element {
  const { action, preview, load, hasNewerVersion, trans, onAction } = props;
  const [isBusy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<string | null>(null);
  const send = async (): Promise<void> => {
    if (preview) {
      setBusy(true);
      setRefusal(await props.onSend(action, preview.token));
      setBusy(false);
    }
  };
  const isEmpty = preview !== null && preview.total === 0 && action.kind === 'clear';
  return (
    <div className="couture-Form" data-couture="run-action-form" data-action={action.kind}>
      <p>{lead(props)}</p>
      {action.kind === 'clear' && (
        <label className="couture-Check">
          <input
            type="checkbox"
            data-couture="only-failed"
            checked={action.onlyFailed}
            onChange={event => onAction({ ...action, onlyFailed: event.target.checked })}
          />
          {trans.__('Only what failed, or could not run because of it')}
        </label>
      )}
      {action.kind === 'clear' && hasNewerVersion && (
        <label className="couture-Check">
          <input
            type="checkbox"
            checked={action.latestVersion}
            onChange={event => onAction({ ...action, latestVersion: event.target.checked })}
          />
          {trans.__('Go on with the newest version of the DAG, not with the one of this run')}
        </label>
      )}
      {refusal && (
        <p className="couture-FieldError" role="alert">
          {refusal}
        </p>
      )}
      {load.status === 'failed' ? (
        <ProblemNotice problem={load.problem} trans={trans} onRetry={props.onRetry} />
      ) : preview ? (
        <TouchedTasks preview={preview} trans={trans} />
      ) : (
        <Notice kind="loading" title={trans.__('Looking at what is touched…')} />
      )}
      <DialogFooter
        reason={isEmpty ? trans.__('There is nothing to clear.') : null}
        isBusy={isBusy || preview === null}
        trans={trans}
        onCancel={props.onCancel}
        buttons={[
          {
            hook: 'send-run-action',
            label: buttonText(props),
            isMain: true,
            isDanger: action.kind === 'delete',
            run: () => void send()
          }
        ]}
      />
    </div>
  );
}

function TouchedTasks(props: {
  readonly preview: Preview;
  readonly trans: Translate;
}): JSX.Element {
  const { preview, trans } = props;
  const { touched, total } = preview;
  const counts = useMemo(() => {
    const found = new Map<TaskState, number>();
    touched.forEach(({ state }) => found.set(state, (found.get(state) ?? 0) + 1));
    return [...found];
  }, [touched]);
  return (
    <div className="couture-Preview" data-couture="touched" data-total={total}>
      <p>
        {trans._n('%1 task', '%1 tasks', total)}
        {counts.map(([state, count]) => (
          <span key={state} className="couture-Preview-count">
            <StateMark state={state} /> {count} {taskStateLabel(state, trans)}
          </span>
        ))}
      </p>
      {touched.length > 0 && (
        <div
          className="couture-Preview-list"
          tabIndex={0}
          role="region"
          aria-label={trans.__('Tasks that are touched')}
        >
          <ul>
            {touched.slice(0, LISTED).map(task => (
              <li key={taskKey(task.task_id, task.map_index)}>
                <StateMark state={task.state} label={taskStateLabel(task.state, trans)} />{' '}
                {taskKey(task.task_id, task.map_index)}
              </li>
            ))}
          </ul>
          {total > LISTED && (
            <p className="couture-faint">{trans.__('and %1 more', total - LISTED)}</p>
          )}
        </div>
      )}
    </div>
  );
}
