import TreeTab from '../panels/tabs/TreeTab';
import { useShownRun } from '../panels/useShownRun';
import { useSelected } from '../store/hooks';
import { DagHead } from './DagHead';
import { useDagView } from './useDagView';
import { useMenu } from './useMenu';
import type { ViewProps } from './views';

/** The states of the tasks of a DAG over its newest runs. */
export function RunTree({ live, model, dagId }: ViewProps): JSX.Element {
  const view = useDagView(model);
  const choice = useSelected(view, state => state.choice);
  const shownRun = useShownRun(live.session, dagId, choice);
  const menu = useMenu(live.trans);
  return (
    <>
      <DagHead dagId={dagId} live={live} view={view} shownRun={shownRun} />
      <TreeTab dagId={dagId} couture={live} view={view} actions={menu} shown={shownRun.shown} />
      {menu.element}
    </>
  );
}
