import type { Translate } from '../../model/labels';
import type { TaskState } from '../../model/wire';
import { runStateLabel, taskStateLabel } from '../../model/labels';

export interface StateKeyProps {
  readonly states: readonly TaskState[];
  readonly hasRetries: boolean;
  readonly hasCells: boolean;
  readonly trans: Translate;
}

/** What colours and hatching of bars mean. */
export function StateKey(props: StateKeyProps): JSX.Element {
  const { states, trans } = props;
  return (
    <ul className="couture-ChartKey" aria-label={trans.__('Meaning of the bars')}>
      <Entry kind="queued" state="queued" label={runStateLabel('queued', trans)} />
      {states.map(state => (
        <Entry key={state} kind="state" state={state} label={taskStateLabel(state, trans)} />
      ))}
      {props.hasRetries && (
        <>
          <Entry kind="earlier" state="failed" label={trans.__('earlier try')} />
          <Entry kind="pause" state="up_for_retry" label={trans.__('pause before the next try')} />
        </>
      )}
      {props.hasCells && (
        <Entry kind="cells" state="none" label={trans.__('cells of a notebook, in turn')} />
      )}
    </ul>
  );
}

interface EntryProps {
  readonly kind: string;
  readonly state: TaskState;
  readonly label: string;
}

function Entry({ kind, state, label }: EntryProps): JSX.Element {
  return (
    <li>
      <span
        className="couture-ChartKey-sample couture-state"
        data-kind={kind}
        data-state={state}
        aria-hidden
      />
      {label}
    </li>
  );
}
