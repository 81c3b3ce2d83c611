import { useCallback, useEffect, useState } from 'react';
import { taskTarget } from '../../components/actions';
import { Notice, ProblemNotice } from '../../components/Notice';
import { TreeView } from '../../components/tree/TreeView';
import { isOpen } from '../../model/grid';
import type { TreeRow } from '../../model/tree';
import { gridQuery, toggled, type TreeSettings } from '../../model/treeSettings';
import { GridSource } from '../../store/grid';
import { useFetched, useMay, useNow, useSelected } from '../../store/hooks';
import type { TreeTabProps } from './types';

const SECOND_MS = 1000;

/** The tree of tasks by the newest runs. */
export default function TreeTab(props: TreeTabProps): JSX.Element {
  const { dagId, couture } = props;
  const [source, setSource] = useState<GridSource | null>(null);
  const query = gridQuery(useSelected(props.view, state => state.tree));
  const key = JSON.stringify(query);
  useEffect(() => {
    const made = new GridSource(couture.session, dagId, JSON.parse(key) as typeof query);
    setSource(made);
    return () => made.dispose();
    // Another question is put to the same source, below.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [couture.session, dagId]);
  useEffect(() => source?.setQuery(JSON.parse(key) as typeof query), [source, key]);
  return source ? (
    <FollowedTree {...props} source={source} />
  ) : (
    <Notice kind="loading" title={couture.trans.__('Loading the runs…')} />
  );
}

interface FollowedTreeProps extends TreeTabProps {
  readonly source: GridSource;
}

function FollowedTree(props: FollowedTreeProps): JSX.Element {
  const { dagId, couture, view, actions, shown, source } = props;
  const { session, trans } = couture;
  const { grid, load } = useSelected(source, state => state);
  const { tree, taskId, highlight } = useSelected(view, state => state);
  const may = useMay(session);
  const now = useNow(grid?.runs.some(isOpen) ? SECOND_MS : null);
  const version = grid?.version ?? null;
  const graph = useFetched(
    version === null ? null : JSON.stringify([dagId, version]),
    () => session.api.graph(dagId, version),
    dagId
  );
  const runId = shown.run?.run_id ?? null;
  const onSettings = useCallback(
    (change: Partial<TreeSettings>) =>
      view.dispatch({ tree: { ...view.getState().tree, ...change } }),
    [view]
  );
  const onToggle = useCallback(
    (key: string) => onSettings({ folds: toggled(view.getState().tree.folds, key) }),
    [view, onSettings]
  );
  const onSelect = useCallback(
    (selected: string, ofRun: string | null) =>
      view.dispatch({
        taskId: selected,
        mapIndex: null,
        tryNumber: null,
        ...(ofRun === null ? {} : { choice: { kind: 'run', runId: ofRun } as const })
      }),
    [view]
  );
  const onRun = useCallback(
    (chosen: string) =>
      view.dispatch({ choice: { kind: 'run', runId: chosen }, mapIndex: null, tryNumber: null }),
    [view]
  );
  const onMenu = useCallback(
    (row: TreeRow, ofRun: string | null, x: number, y: number) => {
      if (row.node) {
        const step = { dagId, runId: ofRun ?? runId, taskId: row.id, mapIndex: -1 };
        actions.showTaskMenu(taskTarget(row.node, step), view.getState().trail, x, y);
      }
    },
    [actions, dagId, runId, view]
  );
  const failed = [grid ? undefined : load, graph.value ? undefined : graph.load].find(
    each => each?.status === 'failed'
  );
  if (failed?.status === 'failed') {
    const retry = (): void => {
      source.retry();
      graph.retry();
    };
    return <ProblemNotice problem={failed.problem} trans={trans} onRetry={retry} />;
  }
  if (!grid || !graph.value) {
    return <Notice kind="loading" title={trans.__('Loading the runs…')} />;
  }
  const mayTrigger = may('runs.trigger');
  const { backfill, trigger } = actions;
  const isBehind = load.status === 'failed';
  return (
    <>
      {isBehind && (
        <Notice
          kind="error"
          title={trans.__('These are not the newest runs: %1', load.problem.message)}
          action={{ label: trans.__('Retry'), run: () => source.retry() }}
        />
      )}
      <TreeView
        dagId={dagId}
        grid={grid}
        graph={graph.value}
        settings={tree}
        selectedTask={taskId}
        selectedRun={runId}
        highlight={highlight}
        now={now}
        trans={trans}
        onSettings={onSettings}
        onToggle={onToggle}
        onSelect={onSelect}
        onRun={onRun}
        onMenu={onMenu}
        onHighlight={state => view.dispatch({ highlight: state })}
        onBackfill={mayTrigger && backfill ? () => backfill(dagId) : null}
        onTrigger={mayTrigger && trigger ? () => trigger(dagId, false) : null}
      />
    </>
  );
}
