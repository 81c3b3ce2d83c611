import { actionMeaning, subjectLabel, type BrowseAction } from '../../model/browse/actions';
import type { Subject } from '../../model/browse/page';
import type { Translate } from '../../model/labels';
import type { Preview, Touched } from '../../model/wireOrders';
import { TouchedInstances } from '../TouchedInstances';

const NAMED = 10;

export interface ConfirmBodyProps {
  readonly action: BrowseAction;
  readonly subjects: readonly Subject[];
  /** What is touched with them. */
  readonly others: readonly Touched[];
  /** The tasks of runs that are touched; null where the runs themselves are. */
  readonly touched: Pick<Preview, 'touched' | 'total'> | null;
  readonly trans: Translate;
}

/** What an action does and to which rows, and to what else. */
export function ConfirmBody(props: ConfirmBodyProps): JSX.Element {
  const { action, subjects, others, touched, trans } = props;
  return (
    <div className="couture-ConfirmBody">
      <p>{actionMeaning(action, trans)}</p>
      {touched ? (
        <TouchedInstances preview={touched} isStale={false} trans={trans} />
      ) : (
        <Names names={subjects.map(subjectLabel)} trans={trans} />
      )}
      {others.length > 0 && (
        <div data-couture="confirm-others">
          <p>{trans.__('Also touched, as these do not run without them:')}</p>
          <Names
            names={others.map(one =>
              subjectLabel({
                type: 'task',
                dagId: one.dag_id,
                runId: one.run_id,
                taskId: one.task_id,
                mapIndex: one.map_index
              })
            )}
            trans={trans}
          />
        </div>
      )}
      <p>
        <strong>{trans.__('This cannot be undone.')}</strong>
      </p>
    </div>
  );
}

function Names({
  names,
  trans
}: {
  readonly names: readonly string[];
  readonly trans: Translate;
}): JSX.Element {
  const more = names.length - NAMED;
  return (
    <ul>
      {names.slice(0, NAMED).map(name => (
        <li key={name}>{name}</li>
      ))}
      {more > 0 && <li>{trans._n('and %1 more', 'and %1 more', more)}</li>}
    </ul>
  );
}
