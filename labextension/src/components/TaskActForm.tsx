import { taskStateLabel, type Translate } from '../model/labels';
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
import type { Preview, Touched } from '../model/wireOrders';
import { ProblemNotice } from './Notice';
import { StateMark } from './StateMark';

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

interface TouchedProps {
  readonly preview: Preview | null;
  readonly isStale: boolean;
  readonly trans: Translate;
}

function TouchedInstances({ preview, isStale, trans }: TouchedProps): JSX.Element {
  const total = preview?.total ?? 0;
  const more = total - (preview?.touched.length ?? 0);
  return (
    <section
      className="couture-ActForm-preview"
      data-couture="act-preview"
      data-total={preview?.total}
      aria-busy={isStale || preview === null}
      aria-label={trans.__('What will be touched')}
    >
      <p role="status">
        {preview === null
          ? trans.__('Looking up what will be touched…')
          : total === 0
            ? trans.__('There is nothing to do: no task instance fits.')
            : trans._n(
                '%1 task instance will be touched:',
                '%1 task instances will be touched:',
                total,
                total
              )}
      </p>
      {/* Scrolls, so it must be reached by keyboard. */}
      <div className="couture-ActForm-list" tabIndex={0} role="group" aria-label={trans.__('List')}>
        {byRun(preview?.touched ?? []).map(([run, touched]) => (
          <section key={run} className="couture-ActForm-run">
            <h4>{run}</h4>
            <ul>
              {touched.map(one => (
                <li
                  key={`${one.task_id} ${one.map_index}`}
                  className="couture-state"
                  data-state={one.state}
                  data-task={one.task_id}
                >
                  <StateMark state={one.state} />{' '}
                  {one.map_index < 0 ? one.task_id : `${one.task_id}[${one.map_index}]`}
                  <span className="couture-faint"> {taskStateLabel(one.state, trans)}</span>
                </li>
              ))}
            </ul>
          </section>
        ))}
        {more > 0 && <p className="couture-faint">{trans.__('… and %1 more', more)}</p>}
      </div>
    </section>
  );
}

function byRun(touched: readonly Touched[]): readonly (readonly [string, readonly Touched[]])[] {
  const runs = new Map<string, Touched[]>();
  for (const one of touched) {
    const name = `${one.dag_id} · ${one.run_id}`;
    const list = runs.get(name);
    if (list) {
      list.push(one);
    } else {
      runs.set(name, [one]);
    }
  }
  return [...runs];
}
