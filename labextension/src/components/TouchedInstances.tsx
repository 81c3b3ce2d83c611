import { taskStateLabel, type Translate } from '../model/labels';
import type { Preview, Touched } from '../model/wireOrders';
import { StateMark } from './StateMark';

export interface TouchedInstancesProps {
  /** Null while it is looked up. */
  readonly preview: Pick<Preview, 'touched' | 'total'> | null;
  readonly isStale: boolean;
  readonly trans: Translate;
}

/** Every task instance that an action would touch, by run, and how many are not listed. */
export function TouchedInstances({ preview, isStale, trans }: TouchedInstancesProps): JSX.Element {
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
