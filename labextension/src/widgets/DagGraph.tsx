import GraphTab from '../panels/tabs/GraphTab';
import { useShownGraph } from '../panels/useShownGraph';
import { useShownRun } from '../panels/useShownRun';
import { useSelected } from '../store/hooks';
import { DagHead } from './DagHead';
import { useDagView } from './useDagView';
import { useMenu } from './useMenu';
import type { ViewProps } from './views';

/** The graph of a DAG in the colours of a run. */
export function DagGraph({ live, model, dagId }: ViewProps): JSX.Element {
  const { session, trans } = live;
  const view = useDagView(model);
  const choice = useSelected(view, state => state.choice);
  const shownRun = useShownRun(session, dagId, choice);
  const graph = useShownGraph(session, dagId, shownRun.shown, view);
  const menu = useMenu(trans);
  return (
    <>
      <DagHead dagId={dagId} live={live} view={view} shownRun={shownRun} />
      <GraphTab
        dagId={dagId}
        couture={live}
        view={view}
        actions={menu}
        shown={shownRun.shown}
        detail={shownRun.detail}
        graph={graph}
      />
      {menu.element}
    </>
  );
}
