import { closeIcon, refreshIcon, runIcon, type LabIcon } from '@jupyterlab/ui-components';
import { bulkSummary, bulkVerbLabel, isOver, type Bulk, type BulkVerb } from '../model/bulk';
import type { Translate } from '../model/labels';
import type { RowOffers } from './actions';
import { IconButton } from './IconButton';
import { switchOffIcon, switchOnIcon } from './icons';

export interface SelectionBarProps {
  readonly selected: number;
  /** What is being done to the selected DAGs, or was last. */
  readonly bulk: Bulk | null;
  readonly offers: RowOffers;
  readonly trans: Translate;
  readonly onStart: (verb: BulkVerb) => void;
  readonly onClear: () => void;
  readonly onDismiss: () => void;
}

const VERB_ICONS: Readonly<Record<BulkVerb, LabIcon>> = {
  'turn-on': switchOnIcon,
  'turn-off': switchOffIcon,
  trigger: runIcon,
  refresh: refreshIcon
};

/** What one can do with the selected DAGs, how far it is, and what failed. */
export function SelectionBar(props: SelectionBarProps): JSX.Element | null {
  const { selected, bulk, offers, trans, onStart, onClear, onDismiss } = props;
  if (selected === 0 && bulk === null) {
    return null;
  }
  const isBusy = bulk !== null && !isOver(bulk);
  const verbs: readonly BulkVerb[] = [
    ...(offers.mayEdit ? (['turn-on', 'turn-off'] as const) : []),
    ...(offers.mayTrigger ? (['trigger'] as const) : []),
    ...(offers.mayEdit ? (['refresh'] as const) : [])
  ];
  return (
    <section
      className="couture-SelectionBar"
      data-couture="selection-bar"
      aria-label={trans.__('Selected DAGs')}
    >
      {selected > 0 && (
        <div className="couture-SelectionBar-verbs">
          <b>{trans._n('%1 DAG selected', '%1 DAGs selected', selected)}</b>
          {verbs.map(verb => (
            <IconButton
              key={verb}
              icon={VERB_ICONS[verb]}
              hook={`bulk-${verb}`}
              label={bulkVerbLabel(verb, trans)}
              text={bulkVerbLabel(verb, trans)}
              isDisabled={isBusy}
              onClick={() => onStart(verb)}
            />
          ))}
          <button type="button" className="couture-LinkButton" onClick={onClear}>
            {trans.__('Clear Selection')}
          </button>
        </div>
      )}
      {bulk && (
        <div className="couture-SelectionBar-outcome" data-couture="bulk-outcome">
          <span role="status">{bulkSummary(bulk, trans)}</span>
          {isBusy ? (
            <progress max={bulk.total} value={bulk.done} aria-label={trans.__('Progress')} />
          ) : (
            <IconButton icon={closeIcon} label={trans.__('Dismiss')} onClick={onDismiss} />
          )}
          {bulk.failures.length > 0 && (
            <ul>
              {bulk.failures.map(({ dagId, message }) => (
                <li key={dagId}>
                  <b>{dagId}</b> {message}
                </li>
              ))}
            </ul>
          )}
        </div>
      )}
    </section>
  );
}
