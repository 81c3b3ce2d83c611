import { useMemo } from 'react';
import { taskTarget } from '../../components/actions';
import { GraphView } from '../../components/GraphView';
import { Notice, ProblemNotice } from '../../components/Notice';
import { criticalPath } from '../../model/criticalPath';
import { neighbours, nodesById, taskMap, tasksByNode, tasksOf } from '../../model/selectors';
import { useCouture, useSelected } from '../../store/hooks';
import type { GraphTabProps } from './types';

/** The graph, in the colours of the shown run. */
export default function GraphTab(props: GraphTabProps): JSX.Element {
  const { dagId, couture, view, actions, shown, detail, graph } = props;
  const { session, trans } = couture;
  const { taskId, highlight, isList, isCritical } = useSelected(view, state => state);
  const runId = shown.run?.run_id ?? null;
  const known = useCouture(session, state => tasksOf(state, dagId, runId));
  const shownGraph = graph.value?.graph ?? null;
  const tasks = tasksByNode(taskMap(known));
  const { run } = shown;
  const critical = useMemo(
    () =>
      shownGraph && run?.ended_at
        ? criticalPath(neighbours(shownGraph), taskMap(known).values(), run.started_at)
        : null,
    [shownGraph, run?.ended_at, run?.started_at, known]
  );
  const runsLoad = useCouture(session, state => state.runs.get(dagId)?.load);
  // What is known stays in sight when it cannot be fetched again; a banner says that it may be old.
  const problems = [
    graph.value ? undefined : detail.load,
    graph.value ? undefined : graph.load,
    shown.run ? undefined : runsLoad,
    known && known.tasks.size > 0 ? undefined : known?.load
  ];
  const failed = problems.find(load => load?.status === 'failed');
  const retry = (): void => {
    detail.retry();
    graph.retry();
    session.reloadRuns(dagId);
    if (runId !== null) {
      session.reloadTasks(dagId, runId);
    }
  };
  if (failed?.status === 'failed') {
    return <ProblemNotice problem={failed.problem} trans={trans} onRetry={retry} />;
  }
  if (shown.note === 'run-unknown') {
    return (
      <Notice
        title={trans.__('This run is not known')}
        action={{
          label: trans.__('Show the latest run'),
          run: () => view.dispatch({ choice: { kind: 'latest' } })
        }}
      />
    );
  }
  if (!graph.value) {
    return <Notice kind="loading" title={trans.__('Drawing the graph…')} />;
  }
  const { graph: whole, drawn, layout, folded } = graph.value;
  return (
    <GraphView
      graph={whole}
      drawn={drawn}
      layout={layout}
      folded={folded}
      tasks={tasks}
      critical={critical}
      isCritical={isCritical}
      selected={taskId}
      highlight={highlight}
      isList={isList}
      trans={trans}
      onSelect={next => view.dispatch({ taskId: next, mapIndex: null, tryNumber: null })}
      onMenu={(id, x, y) => {
        const node = nodesById(whole).get(id);
        if (node) {
          const mapIndex = tasks.get(id)?.map_index ?? -1;
          const task = taskTarget(node, { dagId, runId, taskId: id, mapIndex });
          actions.showTaskMenu(task, view.getState().trail, x, y);
        }
      }}
      onItems={actions.showItems}
      onHighlight={next => view.dispatch({ highlight: next })}
      onList={next => view.dispatch({ isList: next })}
      onFolded={next => view.dispatch({ folded: next })}
      onCritical={next => view.dispatch({ isCritical: next })}
      onDirection={next => view.dispatch({ direction: next })}
    />
  );
}
