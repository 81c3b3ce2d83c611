import {
  deleteIcon,
  ellipsesIcon,
  listIcon,
  refreshIcon,
  runIcon
} from '@jupyterlab/ui-components';
import type { DagTab } from '../model/dagTabs';
import { dagTabLabel } from '../model/dagTabs';
import type { Translate } from '../model/labels';
import type { DagRowView } from '../model/selectors';
import type { DagListActions, RowOffers } from './actions';
import { IconButton } from './IconButton';
import { tabIcon } from './tabIcons';

/** The views that have a link of their own, in Airflow's order. */
const LINKED_TABS: readonly DagTab[] = [
  'tree',
  'graph',
  'duration',
  'tries',
  'landing',
  'gantt',
  'code'
];

function hasLogs(offers: RowOffers): boolean {
  return offers.mayBrowseTasks || offers.tabs.includes('runs');
}

/** How many icons a row has: the column is made as wide as they need. */
export function countLinks(offers: RowOffers): number {
  const tabs = LINKED_TABS.filter(tab => offers.tabs.includes(tab)).length;
  const others = [offers.mayTrigger, hasLogs(offers), offers.mayEdit, offers.mayDelete];
  return tabs + others.filter(Boolean).length + 1;
}

export interface DagLinksProps {
  readonly view: DagRowView;
  readonly trans: Translate;
  readonly actions: DagListActions;
  readonly offers: RowOffers;
}

/** An icon for each useful page of a DAG; in a narrow place only Trigger, and a menu with the rest. */
export function DagLinks({ view, trans, actions, offers }: DagLinksProps): JSX.Element {
  const id = view.row.dag_id;
  const tabs = LINKED_TABS.filter(tab => offers.tabs.includes(tab));
  return (
    <div role="cell" className="couture-DagRow-links">
      {offers.mayTrigger && (
        <IconButton
          icon={runIcon}
          hook="trigger"
          label={
            offers.hasLab
              ? trans.__('Trigger %1 (Shift: with configuration)', id)
              : trans.__('Trigger %1', id)
          }
          isBusy={view.isTriggering}
          onClick={event => actions.trigger(id, event.shiftKey)}
        />
      )}
      <span className="couture-DagRow-wideLinks">
        {tabs.map(tab => (
          <IconButton
            key={tab}
            icon={tabIcon(tab)}
            hook={`link-${tab}`}
            label={trans.__('%1 of %2', dagTabLabel(tab, trans), id)}
            onClick={() => actions.open(id, { tab })}
          />
        ))}
        {hasLogs(offers) && (
          <IconButton
            icon={listIcon}
            hook="link-logs"
            label={trans.__('Logs of %1', id)}
            onClick={() =>
              offers.mayBrowseTasks
                ? actions.browseTasks(id, null)
                : actions.open(id, { tab: 'runs' })
            }
          />
        )}
        {offers.mayEdit && (
          <IconButton
            icon={refreshIcon}
            hook="link-refresh"
            label={trans.__('Refresh %1: read its file again', id)}
            isBusy={view.isRefreshing}
            onClick={() => actions.refresh(id)}
          />
        )}
        {offers.mayDelete && (
          <IconButton
            icon={deleteIcon}
            hook="link-delete"
            label={trans.__('Delete %1…', id)}
            onClick={() => actions.remove(id)}
          />
        )}
      </span>
      <IconButton
        icon={ellipsesIcon}
        hook="dag-menu"
        label={trans.__('More for %1', id)}
        onClick={event => {
          const box = event.currentTarget.getBoundingClientRect();
          actions.showMenu(id, box.left, box.bottom);
        }}
      />
    </div>
  );
}
