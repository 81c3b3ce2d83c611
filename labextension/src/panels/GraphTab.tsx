import { useEffect } from 'react';
import type { DagActions } from '../components/actions';
import { GraphView } from '../components/GraphView';
import { Notice, ProblemNotice } from '../components/Notice';
import { RunNotes } from '../components/RunNotes';
import { Split } from '../components/Split';
import { nodesById, taskMap, tasksByNode, tasksOf } from '../model/selectors';
import type { Shown } from '../model/shownRun';
import type { DagDetail } from '../model/wire';
import type { DagView } from '../store/dagView';
import type { LaidOutGraph } from '../store/graphs';
import { useCouture, useFetched, useSelected, type Fetched } from '../store/hooks';
import type { ICouture } from '../tokens';
import { ConnectedTaskPanel } from './ConnectedTaskPanel';

export interface GraphTabProps {
  readonly dagId: string;
  readonly couture: ICouture;
  readonly view: DagView;
  readonly actions: DagActions;
  readonly shown: Shown;
  readonly detail: Fetched<DagDetail>;
  readonly isPaused: boolean;
  readonly now: number;
}

/** The graph and, when a task is selected, its panel. */
export function GraphTab(props: GraphTabProps): JSX.Element {
  const { dagId, couture, view, actions, shown } = props;
  const { session, trans } = couture;
  const { taskId, panelShare, direction } = useSelected(view, state => state);
  const runId = shown.run?.run_id ?? null;
  useEffect(() => {
    if (runId === null) {
      return undefined;
    }
    const tasks = session.showTasks(dagId, runId);
    return () => tasks.dispose();
  }, [session, dagId, runId]);
  const version = shown.version;
  const graph = useFetched(
    version === null ? null : JSON.stringify([dagId, version, direction]),
    () => session.graphs.load(dagId, version ?? '', direction),
    dagId
  );
  const node =
    taskId === null ? undefined : graph.value && nodesById(graph.value.graph).get(taskId);
  return (
    <div className="couture-GraphTab">
      <RunNotes
        shown={shown}
        isPaused={props.isPaused}
        trans={trans}
        onChoice={choice => view.dispatch({ choice })}
        onTurnOn={() => actions.setPaused(dagId, false)}
      />
      <Split
        share={panelShare}
        label={trans.__('Size of the task panel')}
        onShare={share => view.dispatch({ panelShare: share })}
        first={<Graph {...props} graph={graph} runId={runId} />}
        second={
          taskId === null || !graph.value ? null : (
            <ConnectedTaskPanel
              dagId={dagId}
              runId={runId}
              isRunOpen={shown.run?.state === 'running' || shown.run?.state === 'queued'}
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

interface GraphProps extends GraphTabProps {
  readonly graph: Fetched<LaidOutGraph>;
  readonly runId: string | null;
}

function Graph({ dagId, couture, view, shown, detail, graph, runId }: GraphProps): JSX.Element {
  const { session, trans } = couture;
  const { taskId, highlight, isList } = useSelected(view, state => state);
  const known = useCouture(session, state => tasksOf(state, dagId, runId));
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
  return (
    <GraphView
      graph={graph.value.graph}
      layout={graph.value.layout}
      tasks={tasksByNode(taskMap(known))}
      selected={taskId}
      highlight={highlight}
      isList={isList}
      trans={trans}
      onSelect={next => view.dispatch({ taskId: next, mapIndex: null, tryNumber: null })}
      onHighlight={next => view.dispatch({ highlight: next })}
      onList={next => view.dispatch({ isList: next })}
      onDirection={next => view.dispatch({ direction: next })}
    />
  );
}
