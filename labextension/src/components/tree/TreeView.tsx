import { useMemo, useState } from 'react';
import { countGrid, type Grid } from '../../model/grid';
import type { Translate } from '../../model/labels';
import { compactRows, treeRows, treeShape, type TreeGraph, type TreeRow } from '../../model/tree';
import type { TreeSettings } from '../../model/treeSettings';
import type { TaskState } from '../../model/wire';
import { Legend } from '../Legend';
import { Notice } from '../Notice';
import { TreeGrid } from './TreeGrid';
import { TreeToolbar } from './TreeToolbar';

export interface TreeViewProps {
  readonly dagId: string;
  readonly grid: Grid;
  /** Of the grid's version. */
  readonly graph: TreeGraph;
  readonly settings: TreeSettings;
  readonly selectedTask: string | null;
  readonly selectedRun: string | null;
  readonly highlight: TaskState | null;
  readonly now: number;
  readonly trans: Translate;
  readonly onSettings: (change: Partial<TreeSettings>) => void;
  readonly onToggle: (key: string) => void;
  readonly onSelect: (taskId: string, runId: string | null) => void;
  readonly onRun: (runId: string) => void;
  readonly onMenu: (row: TreeRow, runId: string | null, x: number, y: number) => void;
  readonly onHighlight: (state: TaskState | null) => void;
  readonly onBackfill: (() => void) | null;
  readonly onTrigger: (() => void) | null;
}

/** The tasks of a DAG as a tree, or each once, by its newest runs. */
export function TreeView(props: TreeViewProps): JSX.Element {
  const { dagId, grid, graph, settings, highlight, trans, onSettings } = props;
  const { isCompact, folds } = settings;
  const [pointed, setPointed] = useState<TaskState | null>(null);
  const shape = useMemo(() => treeShape(graph), [graph]);
  const { tasks, taskCount } = grid;
  const rows = useMemo(() => {
    const removed = tasks.slice(taskCount);
    const make = isCompact ? compactRows : treeRows;
    return make(shape, removed, folds, trans.__('Only in older versions'));
  }, [shape, tasks, taskCount, isCompact, folds, trans]);
  const counts = useMemo(() => countGrid(grid), [grid]);
  return (
    <div className="couture-Tree" data-couture="tree" data-compact={isCompact}>
      <TreeToolbar
        settings={settings}
        trans={trans}
        onSettings={onSettings}
        onBackfill={props.onBackfill}
      />
      <div className="couture-Tree-legend">
        <Legend
          counts={counts}
          highlight={highlight}
          trans={trans}
          onHighlight={props.onHighlight}
          onPoint={setPointed}
        />
      </div>
      {grid.runs.length === 0 && <NoRuns {...props} />}
      <TreeGrid
        key={String(isCompact)}
        grid={grid}
        rows={rows}
        label={trans.__(
          'Tasks of %1 by runs: arrow keys move, Left and Right fold a name, Enter opens a task',
          dagId
        )}
        selectedTask={props.selectedTask}
        selectedRun={props.selectedRun}
        highlight={pointed ?? highlight}
        now={props.now}
        trans={trans}
        onToggle={props.onToggle}
        onSelect={props.onSelect}
        onRun={props.onRun}
        onMenu={props.onMenu}
      />
    </div>
  );
}

function NoRuns({ settings, trans, onSettings, onTrigger }: TreeViewProps): JSX.Element {
  const { before, runType, runState } = settings;
  if (before !== null || runType !== null || runState !== null) {
    return (
      <Notice
        title={trans.__('No run is like this')}
        action={{
          label: trans.__('Show all runs'),
          run: () => onSettings({ before: null, runType: null, runState: null })
        }}
      />
    );
  }
  return (
    <Notice
      title={trans.__('This DAG has not run yet')}
      {...(onTrigger ? { action: { label: trans.__('Trigger a run'), run: onTrigger } } : {})}
    >
      {trans.__('Each run becomes a column, each task a row.')}
    </Notice>
  );
}
