import { useCallback, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import type { CriticalPath } from '../model/criticalPath';
import { groupsAround, type DrawnGraph } from '../model/folding';
import type { Translate } from '../model/labels';
import type { Direction, GraphLayout } from '../model/layout';
import { countStates, nodesById, type NodeTask } from '../model/selectors';
import { findTasks, nextPlace } from '../model/taskSearch';
import type { Graph, TaskState } from '../model/wire';
import type { MenuItem } from './actions';
import { CriticalPathLine } from './graph/CriticalPathLine';
import { GraphCanvas } from './graph/GraphCanvas';
import { GraphSearch } from './graph/GraphSearch';
import { GraphTools } from './graph/GraphTools';
import { download, takePicture, toPng, toSvg } from './graph/picture';
import type { GraphScene } from './graph/scene';
import { Legend } from './Legend';
import { TaskTable } from './TaskTable';

export interface GraphViewProps {
  readonly graph: Graph;
  readonly drawn: DrawnGraph;
  readonly layout: GraphLayout;
  readonly folded: ReadonlySet<string>;
  /** By task id; empty without a run. */
  readonly tasks: ReadonlyMap<string, NodeTask>;
  /** What the shown run took its time for; null while it goes on. */
  readonly critical: CriticalPath | null;
  readonly isCritical: boolean;
  readonly selected: string | null;
  readonly highlight: TaskState | null;
  readonly isList: boolean;
  readonly trans: Translate;
  readonly onSelect: (taskId: string | null) => void;
  /** A menu of a task, at client coordinates. */
  readonly onMenu: (taskId: string, x: number, y: number) => void;
  /** A menu of these items, at client coordinates. */
  readonly onItems: (items: readonly MenuItem[], x: number, y: number) => void;
  readonly onHighlight: (state: TaskState | null) => void;
  readonly onList: (isList: boolean) => void;
  readonly onDirection: (direction: Direction) => void;
  /** The groups that are to be folded from now on. */
  readonly onFolded: (groupIds: readonly string[]) => void;
  readonly onCritical: (isCritical: boolean) => void;
}

/** The graph of one DAG version, coloured by the task states of one run. */
export function GraphView(props: GraphViewProps): JSX.Element {
  const { graph, drawn, layout, folded, tasks, critical, isList, trans, onSelect } = props;
  const room = useRef<HTMLDivElement>(null);
  const input = useRef<HTMLInputElement>(null);
  const scaleText = useRef<HTMLButtonElement>(null);
  const [scene, setScene] = useState<GraphScene | null>(null);
  const [pointed, setPointed] = useState<TaskState | null>(null);
  const [query, setQuery] = useState('');
  const [place, setPlace] = useState<number | null>(null);
  const hits = useMemo(() => findTasks(graph.nodes, query), [graph, query]);
  const matches = useMemo(
    () => (query.trim() === '' ? null : new Set(hits.map(id => drawn.boxOf.get(id) ?? id))),
    [query, hits, drawn]
  );
  const chain = useMemo(
    () => (props.isCritical && critical ? critical.steps.map(step => step.taskId) : null),
    [props.isCritical, critical]
  );
  const found = place === null ? null : (hits[place] ?? null);
  const onScale = useCallback((scale: number) => {
    if (scaleText.current) {
      scaleText.current.textContent = `${Math.round(100 * scale)} %`;
    }
  }, []);

  const onFold = (groupId: string): void => {
    const next = new Set(folded);
    if (!next.delete(groupId)) {
      next.add(groupId);
    }
    props.onFolded([...next]);
  };
  const onStep = (step: 1 | -1): void => {
    const next = nextPlace(place, hits.length, step);
    setPlace(next);
    const node = next === null ? undefined : nodesById(graph).get(hits[next] ?? '');
    const closed = groupsAround(graph, node?.group ?? null).filter(group => folded.has(group.id));
    if (closed.length > 0) {
      const opened = new Set(closed.map(group => group.id));
      props.onFolded([...folded].filter(id => !opened.has(id)));
    }
  };
  const leaveSearch = (): void => {
    setQuery('');
    setPlace(null);
    room.current
      ?.querySelector<SVGElement | HTMLElement>('[role=listbox], [role=treegrid]')
      ?.focus();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === '/' && !(event.target instanceof HTMLInputElement)) {
      event.preventDefault();
      event.stopPropagation();
      input.current?.select();
    }
  };
  const onDownload = (x: number, y: number): void => {
    if (!scene) {
      return;
    }
    const name = `${graph.dag_id}-graph`;
    const picture = () => takePicture(scene, graph.dag_id);
    props.onItems(
      [
        { label: trans.__('SVG'), run: () => download(toSvg(picture()), `${name}.svg`) },
        {
          label: trans.__('PNG'),
          run: () => void toPng(picture()).then(blob => download(blob, `${name}.png`))
        }
      ],
      x,
      y
    );
  };

  return (
    <div
      ref={room}
      className="couture-Graph"
      data-couture="graph"
      data-version={graph.version}
      onKeyDown={onKeyDown}
    >
      <div className="couture-Graph-bar">
        <Legend
          counts={countStates(tasks)}
          highlight={props.highlight}
          trans={trans}
          onHighlight={props.onHighlight}
          onPoint={setPointed}
        />
        <GraphSearch
          query={query}
          count={hits.length}
          place={place}
          trans={trans}
          input={input}
          onQuery={next => {
            setQuery(next);
            setPlace(null);
          }}
          onStep={onStep}
          onLeave={leaveSearch}
        />
        <GraphTools
          scene={scene}
          direction={layout.direction}
          isList={isList}
          hasGroups={graph.groups.length > 0}
          areAllFolded={graph.groups.every(group => folded.has(group.id))}
          hasCriticalPath={critical !== null}
          isCritical={chain !== null}
          trans={trans}
          scaleText={scaleText}
          onList={props.onList}
          onDirection={props.onDirection}
          onFoldAll={isFolded => props.onFolded(isFolded ? graph.groups.map(({ id }) => id) : [])}
          onCritical={props.onCritical}
          onDownload={onDownload}
        />
      </div>
      {chain && critical && <CriticalPathLine path={critical} trans={trans} onSelect={onSelect} />}
      {isList ? (
        <TaskTable
          graph={graph}
          tasks={tasks}
          folded={folded}
          highlight={props.highlight}
          matches={query.trim() === '' ? null : hits}
          selected={props.selected}
          trans={trans}
          onSelect={onSelect}
          onFold={onFold}
        />
      ) : (
        <GraphCanvas
          drawn={drawn}
          layout={layout}
          tasks={tasks}
          selected={props.selected}
          found={found}
          highlight={pointed ?? props.highlight}
          matches={matches}
          chain={chain}
          trans={trans}
          onScene={setScene}
          onScale={onScale}
          onSelect={onSelect}
          onMenu={props.onMenu}
          onFold={onFold}
        />
      )}
    </div>
  );
}
