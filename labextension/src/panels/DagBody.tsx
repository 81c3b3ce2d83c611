import { RunNotes } from '../components/RunNotes';
import { Split } from '../components/Split';
import { nodesById } from '../model/selectors';
import { useSelected } from '../store/hooks';
import { loadable } from './loadable';
import { tabKind } from './tabs';
import type { TabProps } from './tabs/types';
import { useShownGraph } from './useShownGraph';

const ConnectedTaskPanel = loadable(() => import('./ConnectedTaskPanel'));

/** The chosen view of a DAG and, when a task is selected, its panel. */
export function DagBody(props: Omit<TabProps, 'graph'>): JSX.Element {
  const { dagId, couture, view, actions, shown } = props;
  const { session, trans } = couture;
  const { tab, taskId, panelShares } = useSelected(view, state => state);
  const { View, isOfRun, hasTasks } = tabKind(tab);
  const graph = useShownGraph(session, dagId, shown, view);
  const node =
    taskId === null ? undefined : graph.value && nodesById(graph.value.graph).get(taskId);
  return (
    <div className="couture-DagBody" role="tabpanel" data-tab={tab}>
      {isOfRun && (
        <RunNotes
          shown={shown}
          isPaused={props.isPaused}
          trans={trans}
          onChoice={choice => view.dispatch({ choice })}
          onTurnOn={() => actions.setPaused(dagId, false)}
        />
      )}
      <Split
        shares={panelShares}
        label={trans.__('Size of the task panel')}
        onShares={shares => view.dispatch({ panelShares: shares })}
        first={<View {...props} graph={graph} />}
        second={
          !hasTasks || taskId === null || !graph.value ? null : (
            <ConnectedTaskPanel
              dagId={dagId}
              run={shown.run}
              taskId={taskId}
              node={node ?? undefined}
              couture={couture}
              view={view}
              actions={actions}
              now={props.now}
            />
          )
        }
      />
    </div>
  );
}
