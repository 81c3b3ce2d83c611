import { useEffect, useState } from 'react';
import type { RowOffers } from '../components/actions';
import { Notice } from '../components/Notice';
import type { WidgetTableId } from '../model/dagFilter';
import type { Problem } from '../model/state';
import { FollowedDagList, useRows } from '../panels/FollowedDagList';
import { useMay } from '../store/hooks';
import { useSeen } from '../store/seen';
import { syncFilter } from './syncFilter';
import { useListActions } from './useListActions';
import { useMenu } from './useMenu';
import { useTrait } from './useTrait';
import type { ViewProps } from './views';

let tables = 0;

/** The DAGs, with search and filters; the one that is chosen is in Python. */
export function DagsTable(props: ViewProps): JSX.Element | null {
  const { live, model } = props;
  const { session } = live;
  const [table, setTable] = useState<WidgetTableId | null>(null);
  useEffect(() => {
    tables += 1;
    const id: WidgetTableId = `widget-${tables}`;
    const end = syncFilter(session, id, model);
    setTable(id);
    return () => {
      end();
      session.closeTable(id);
    };
  }, [session, model]);
  return table && <Table key={table} {...props} table={table} />;
}

interface TableProps extends ViewProps {
  readonly table: WidgetTableId;
}

function Table({ live, model, table }: TableProps): JSX.Element {
  const { session, trans } = live;
  const may = useMay(session);
  const isSeen = useSeen();
  const selected = useTrait<string | null>(model, 'selected');
  const [problem, setProblem] = useState<Problem | null>(null);
  const menu = useMenu(trans);
  const rows = useRows(session, table);
  const actions = useListActions(live, model, menu.showItems, setProblem);
  const mayTrigger = may('runs.trigger');
  const mayEdit = may('dags.edit');
  const [offers, setOffers] = useState<RowOffers>(NOTHING);
  useEffect(() => setOffers({ ...NOTHING, mayTrigger, mayEdit }), [mayTrigger, mayEdit]);
  return (
    <>
      {problem && (
        <Notice
          kind="error"
          title={problem.message}
          action={{ label: trans.__('Dismiss'), run: () => setProblem(null) }}
        >
          {problem.hint}
        </Notice>
      )}
      <FollowedDagList
        couture={live}
        table={table}
        rows={rows}
        actions={actions}
        offers={offers}
        selection={null}
        current={selected}
        isSeen={isSeen}
      />
      {menu.element}
    </>
  );
}

/** Views and dialogs belong to the lab. */
const NOTHING: RowOffers = {
  tabs: [],
  mayTrigger: false,
  mayEdit: false,
  mayDelete: false,
  mayBrowseTasks: false,
  mayBrowseRuns: false,
  hasLab: false
};
