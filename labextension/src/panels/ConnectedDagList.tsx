import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { CommandRegistry } from '@lumino/commands';
import { useCallback, useMemo, useState } from 'react';
import type { DagListActions, RowOffers } from '../components/actions';
import type { DagSelection } from '../components/DagList';
import { tabsFor } from '../model/dagTabs';
import type { BulkVerb } from '../model/bulk';
import type { LabTableId } from '../model/dagFilter';
import type { Translate } from '../model/labels';
import type { DagRowView } from '../model/selectors';
import { useMay } from '../store/hooks';
import { useBulk } from '../store/useBulk';
import type { ICouture } from '../tokens';
import { CommandIDs } from '../commands';
import { BROWSE } from './dagActions';
import { FollowedDagList, useRows } from './FollowedDagList';
import { useHasCommand } from './useHasCommand';

const NONE: ReadonlySet<string> = new Set();

export interface ConnectedDagListProps {
  readonly couture: ICouture;
  readonly table: LabTableId;
  readonly actions: DagListActions;
  /** Some links need a command of another plugin. */
  readonly commands: CommandRegistry;
  /** Whether somebody sees it now: else it asks the server nothing. */
  readonly isSeen: boolean;
}

export default function ConnectedDagList(props: ConnectedDagListProps): JSX.Element {
  const { couture, table, actions, isSeen } = props;
  const rows = useRows(couture.session, table);
  const selection = useSelection(couture, rows);
  return (
    <FollowedDagList
      couture={couture}
      table={table}
      rows={rows}
      actions={actions}
      offers={useOffers(props)}
      selection={table === 'page' ? selection : null}
      isSeen={isSeen}
    />
  );
}

function useOffers({ couture, commands }: ConnectedDagListProps): RowOffers {
  const may = useMay(couture.session);
  const hasBrowse = useHasCommand(commands, BROWSE);
  const hasDelete = useHasCommand(commands, CommandIDs.deleteDag);
  const offers: RowOffers = {
    tabs: tabsFor(may),
    mayTrigger: may('runs.trigger'),
    mayEdit: may('dags.edit'),
    mayDelete: hasDelete && may('dags.delete'),
    mayBrowseTasks: hasBrowse && may('tasks.read'),
    mayBrowseRuns: hasBrowse && may('runs.read'),
    hasLab: true
  };
  // eslint-disable-next-line react-hooks/exhaustive-deps -- the same object for the same offers
  return useMemo(() => offers, [JSON.stringify(offers)]);
}

function useSelection(couture: ICouture, rows: readonly DagRowView[]): DagSelection {
  const [chosen, setChosen] = useState(NONE);
  const work = useBulk(couture.session);
  const dagIds = useMemo(() => {
    const here = new Set(rows.map(view => view.row.dag_id));
    const still = [...chosen].filter(dagId => here.has(dagId));
    return still.length === chosen.size ? chosen : new Set(still);
  }, [chosen, rows]);
  const onSelect = useCallback((dagId: string, isSelected: boolean) => {
    setChosen(before => {
      const next = new Set(before);
      if (isSelected) {
        next.add(dagId);
      } else {
        next.delete(dagId);
      }
      return next;
    });
  }, []);
  const start = async (verb: BulkVerb): Promise<void> => {
    if (verb === 'trigger' && !(await isSure(dagIds, couture.trans))) {
      return;
    }
    setChosen(new Set(await work.start(verb, [...dagIds])));
  };
  return {
    dagIds,
    bulk: work.bulk,
    onSelect,
    onSelectAll: isSelected =>
      setChosen(isSelected ? new Set(rows.map(view => view.row.dag_id)) : NONE),
    onStart: verb => void start(verb),
    onDismiss: work.dismiss
  };
}

async function isSure(dagIds: ReadonlySet<string>, trans: Translate): Promise<boolean> {
  const { button } = await showDialog({
    title: trans._n('Trigger %1 DAG?', 'Trigger %1 DAGs?', dagIds.size),
    body: trans.__('Each gets a run of its own, with its default parameters.'),
    buttons: [Dialog.cancelButton(), Dialog.okButton({ label: trans.__('Trigger') })]
  });
  return button.accept;
}
