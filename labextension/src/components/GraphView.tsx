import { addIcon, listIcon, treeViewIcon } from '@jupyterlab/ui-components';
import { useEffect, useLayoutEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { taskStateLabel, type Translate } from '../model/labels';
import type { Direction, GraphLayout } from '../model/layout';
import { isArrow, nextTask } from '../model/navigate';
import { countStates, neighbours, nodesById, type NodeTask } from '../model/selectors';
import type { Graph, GraphNode, TaskState } from '../model/wire';
import { GraphScene } from './graph/scene';
import { IconButton } from './IconButton';
import { Legend } from './Legend';
import { directionIcon, fitIcon, minusIcon } from './icons';
import { TaskTable } from './TaskTable';

export interface GraphViewProps {
  readonly graph: Graph;
  readonly layout: GraphLayout;
  /** By task id; empty without a run. */
  readonly tasks: ReadonlyMap<string, NodeTask>;
  readonly selected: string | null;
  readonly highlight: TaskState | null;
  readonly isList: boolean;
  readonly trans: Translate;
  readonly onSelect: (taskId: string | null) => void;
  /** A menu of a task, at client coordinates. */
  readonly onMenu: (taskId: string, x: number, y: number) => void;
  readonly onHighlight: (state: TaskState | null) => void;
  readonly onList: (isList: boolean) => void;
  readonly onDirection: (direction: Direction) => void;
}

const ZOOM_STEP = 1.25;

function caption(node: GraphNode, task: NodeTask | undefined, trans: Translate): string {
  if (task?.instances) {
    const { done, total } = task.instances;
    return trans.__('%1 of %2 · %3', done, total, node.operator);
  }
  const progress = task?.state === 'running' ? task.progress : null;
  if (progress && progress.total > 0) {
    return trans.__('%1 of %2 cells', progress.done, progress.total);
  }
  return task && task.try_number > 1
    ? trans.__('%1 · try %2', node.operator, task.try_number)
    : node.operator;
}

/** The graph of one DAG version, coloured by the task states of one run. */
export function GraphView(props: GraphViewProps): JSX.Element {
  const { graph, layout, tasks, selected, highlight, isList, trans, onSelect } = props;
  const frame = useRef<SVGSVGElement>(null);
  const scene = useRef<GraphScene | null>(null);
  const latest = useRef(props);
  latest.current = props;
  const [cursor, setCursor] = useState<string | null>(null);
  const edges = neighbours(graph);
  const texts = useMemo(
    () => ({
      describe: (node: GraphNode, task: NodeTask | undefined) =>
        [
          node.label,
          taskStateLabel(task?.state ?? 'none', trans),
          caption(node, task, trans),
          ...(node.missing ? [trans.__('cannot run: %1', node.missing.sentence)] : [])
        ].join(', '),
      caption: (node: GraphNode, task: NodeTask | undefined) => caption(node, task, trans)
    }),
    [trans]
  );

  useLayoutEffect(() => {
    if (!frame.current) {
      return undefined;
    }
    const made = new GraphScene(frame.current, texts, {
      onSelect: taskId => {
        setCursor(taskId);
        latest.current.onSelect(taskId);
      },
      onMenu: (taskId, x, y) => latest.current.onMenu(taskId, x, y)
    });
    scene.current = made;
    return () => {
      made.dispose();
      scene.current = null;
    };
  }, [texts, isList]);
  useLayoutEffect(() => {
    scene.current?.setGraph(layout, nodesById(graph));
  }, [graph, layout, texts, isList]);
  useLayoutEffect(() => {
    scene.current?.setTasks(tasks);
  }, [tasks, graph, layout, texts, isList]);
  useLayoutEffect(() => {
    scene.current?.setSelected(selected, edges);
  }, [selected, edges, layout, texts, isList]);
  useLayoutEffect(() => {
    scene.current?.setHighlight(highlight);
  }, [highlight, layout, texts, isList]);
  useLayoutEffect(() => {
    scene.current?.setCursor(cursor);
  }, [cursor, layout, texts, isList]);
  useEffect(() => {
    if (selected !== null) {
      // The panel that opens beside the graph takes room first.
      const handle = requestAnimationFrame(() => scene.current?.reveal(selected));
      return () => cancelAnimationFrame(handle);
    }
    return undefined;
  }, [selected]);

  const onKeyDown = (event: KeyboardEvent): void => {
    const viewport = scene.current?.viewport;
    if (isArrow(event.key)) {
      const next = nextTask(layout, edges, cursor ?? selected, event.key);
      if (next !== null) {
        setCursor(next);
        scene.current?.reveal(next);
      }
    } else if (event.key === 'Enter' || event.key === ' ') {
      if (cursor !== null) {
        onSelect(cursor);
      }
    } else if (event.key === 'Escape') {
      onSelect(null);
    } else if (event.key === '+' || event.key === '=') {
      viewport?.zoom(ZOOM_STEP);
    } else if (event.key === '-') {
      viewport?.zoom(1 / ZOOM_STEP);
    } else if (event.key === '0') {
      viewport?.fit();
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div className="couture-Graph" data-couture="graph" data-version={graph.version}>
      <div className="couture-Graph-bar">
        <Legend
          counts={countStates(tasks)}
          highlight={highlight}
          trans={trans}
          onHighlight={props.onHighlight}
        />
        <GraphTools {...props} scene={scene} />
      </div>
      {isList ? (
        <TaskTable
          graph={graph}
          tasks={tasks}
          highlight={highlight}
          selected={selected}
          trans={trans}
          onSelect={onSelect}
        />
      ) : (
        <svg
          ref={frame}
          className="couture-Scene"
          role="listbox"
          tabIndex={0}
          aria-label={trans.__(
            'Graph of %1: arrow keys follow the edges, Enter opens a task, plus, minus and 0 zoom',
            graph.dag_id
          )}
          onKeyDown={onKeyDown}
        />
      )}
    </div>
  );
}

interface GraphToolsProps extends GraphViewProps {
  readonly scene: { readonly current: GraphScene | null };
}

function GraphTools(props: GraphToolsProps): JSX.Element {
  const { layout, isList, trans, scene, onList, onDirection } = props;
  return (
    <div className="couture-Graph-tools" role="toolbar" aria-label={trans.__('Graph tools')}>
      {!isList && (
        <>
          <IconButton
            icon={minusIcon}
            label={trans.__('Zoom out (-)')}
            onClick={() => scene.current?.viewport.zoom(1 / ZOOM_STEP)}
          />
          <IconButton
            icon={addIcon}
            label={trans.__('Zoom in (+)')}
            onClick={() => scene.current?.viewport.zoom(ZOOM_STEP)}
          />
          <IconButton
            icon={fitIcon}
            label={trans.__('Show the whole graph (0)')}
            hook="fit"
            onClick={() => scene.current?.viewport.fit()}
          />
          <IconButton
            icon={directionIcon}
            label={
              layout.direction === 'LR'
                ? trans.__('Draw from top to bottom')
                : trans.__('Draw from left to right')
            }
            onClick={() => onDirection(layout.direction === 'LR' ? 'TB' : 'LR')}
          />
        </>
      )}
      <IconButton
        icon={isList ? treeViewIcon : listIcon}
        label={isList ? trans.__('Show as graph') : trans.__('Show as list')}
        hook="as-list"
        onClick={() => onList(!isList)}
      />
    </div>
  );
}
