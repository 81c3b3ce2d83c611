import { actionMeaning, subjectLabel, type BrowseAction } from '../../model/browse/actions';
import type { Subject } from '../../model/browse/page';
import type { Translate } from '../../model/labels';

const NAMED = 10;

export interface ConfirmBodyProps {
  readonly action: BrowseAction;
  readonly subjects: readonly Subject[];
  readonly trans: Translate;
}

/** What an action does and to which rows. */
export function ConfirmBody({ action, subjects, trans }: ConfirmBodyProps): JSX.Element {
  const more = subjects.length - NAMED;
  return (
    <div className="couture-ConfirmBody">
      <p>{actionMeaning(action, trans)}</p>
      <ul>
        {subjects.slice(0, NAMED).map(subject => (
          <li key={subjectLabel(subject)}>{subjectLabel(subject)}</li>
        ))}
        {more > 0 && <li>{trans._n('and %1 more', 'and %1 more', more)}</li>}
      </ul>
      <p>
        <strong>{trans.__('This cannot be undone.')}</strong>
      </p>
    </div>
  );
}
