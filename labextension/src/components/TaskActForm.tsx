import type { Translate } from '../model/labels';
import type { Load } from '../model/state';
import {
  actHint,
  flagText,
  flagsOf,
  hasPreview,
  type ActFlag,
  type TaskAct,
  type TaskRef
} from '../model/taskAct';
import type { Preview } from '../model/wireOrders';
import { ProblemNotice } from './Notice';
import { TouchedInstances } from './TouchedInstances';

export interface TaskActFormProps {
  readonly reference: TaskRef;
  readonly act: TaskAct;
  /** What would be touched; null while it is looked up, and where nothing is to be looked up. */
  readonly preview: Preview | null;
  readonly load: Load;
  /** Why the form is shown again. */
  readonly notice: string | null;
  readonly trans: Translate;
  readonly onFlag: (flag: ActFlag, isOn: boolean) => void;
  readonly onRetry: () => void;
}

/** How far an action reaches, and every task instance it would touch. */
export function TaskActForm(props: TaskActFormProps): JSX.Element {
  const { reference, act, preview, load, notice, trans, onFlag } = props;
  return (
    <div className="couture-ActForm" data-couture="act-form" data-kind={act.kind}>
      {notice && (
        <p className="couture-Banner" data-kind="warning" role="alert" data-couture="act-notice">
          {notice}
        </p>
      )}
      <p className="couture-faint">{actHint(act.kind, trans)}</p>
      <fieldset className="couture-ActForm-flags">
        <legend className="couture-hidden">{trans.__('How far it reaches')}</legend>
        {flagsOf(act.kind, reference).map(flag => {
          const { label, hint } = flagText(flag, trans);
          return (
            <label key={flag}>
              <input
                type="checkbox"
                data-flag={flag}
                checked={act.flags.has(flag)}
                onChange={event => onFlag(flag, event.target.checked)}
              />
              <span>{label}</span>
              <span className="couture-faint">{hint}</span>
            </label>
          );
        })}
      </fieldset>
      {hasPreview(act.kind) &&
        (load.status === 'failed' ? (
          <ProblemNotice problem={load.problem} trans={trans} onRetry={props.onRetry} />
        ) : (
          <TouchedInstances preview={preview} isStale={load.status === 'loading'} trans={trans} />
        ))}
    </div>
  );
}
