/** Builds the scene and hands it what changes: what did not change is not drawn again. */
import { useEffect, useLayoutEffect, useMemo, useRef, useState, type RefObject } from 'react';
import type { DrawnGraph } from '../../model/folding';
import { drawnTasks } from '../../model/groupStates';
import type { Translate } from '../../model/labels';
import type { GraphLayout } from '../../model/layout';
import type { NodeTask } from '../../model/selectors';
import type { TaskState } from '../../model/wire';
import { Minimap } from './minimap';
import { sceneTexts } from './nodeWords';
import type { SceneListener } from './pointer';
import { GraphScene } from './scene';

export interface SceneProps extends SceneListener {
  readonly drawn: DrawnGraph;
  readonly layout: GraphLayout;
  /** By task id; empty without a run. */
  readonly tasks: ReadonlyMap<string, NodeTask>;
  readonly selected: string | null;
  readonly cursor: string | null;
  /** What a search looks at now. */
  readonly found: string | null;
  readonly highlight: TaskState | null;
  /** Boxes that a search found; null without one. */
  readonly matches: ReadonlySet<string> | null;
  /** Tasks of the critical path, if it is shown. */
  readonly chain: readonly string[] | null;
  readonly trans: Translate;
  readonly onScale: (scale: number) => void;
}

/** The ids of the boxes in whose place tasks are, each once. */
function boxesOf(drawn: DrawnGraph, ids: readonly string[]): readonly string[] {
  return [...new Set(ids.map(id => drawn.boxOf.get(id) ?? id))];
}

export function useScene(
  frame: RefObject<SVGSVGElement>,
  corner: RefObject<HTMLDivElement>,
  props: SceneProps
): GraphScene | null {
  const { drawn, layout, tasks, selected, cursor, found, highlight, matches, chain, trans } = props;
  const latest = useRef(props);
  latest.current = props;
  const [scene, setScene] = useState<GraphScene | null>(null);
  const [minimap, setMinimap] = useState<Minimap | null>(null);
  const shownTasks = useMemo(() => drawnTasks(drawn, tasks), [drawn, tasks]);

  useLayoutEffect(() => {
    if (!frame.current || !corner.current) {
      return undefined;
    }
    const texts = sceneTexts(id => latest.current.drawn.members.get(id)?.length ?? 0, trans);
    let map: Minimap | null = null;
    const made = new GraphScene(
      frame.current,
      texts,
      {
        onSelect: id => latest.current.onSelect(id),
        onMenu: (id, x, y) => latest.current.onMenu(id, x, y),
        onFold: group => latest.current.onFold(group)
      },
      () => {
        map?.follow();
        latest.current.onScale(made.viewport.scale);
      }
    );
    map = new Minimap(corner.current, made.viewport);
    setScene(made);
    setMinimap(map);
    return () => {
      map?.dispose();
      made.dispose();
    };
  }, [frame, corner, trans]);
  useLayoutEffect(() => {
    scene?.setGraph(layout, drawn);
    minimap?.setLayout(layout);
  }, [scene, minimap, layout, drawn]);
  useLayoutEffect(() => {
    scene?.setTasks(shownTasks);
    minimap?.setTasks(shownTasks);
  }, [scene, minimap, shownTasks, layout]);
  useLayoutEffect(() => {
    scene?.setHighlight(highlight, matches);
  }, [scene, highlight, matches, layout]);
  useLayoutEffect(() => {
    scene?.setChain(chain && boxesOf(drawn, chain));
  }, [scene, chain, drawn, layout]);
  const box = selected === null ? null : (drawn.boxOf.get(selected) ?? selected);
  useLayoutEffect(() => {
    scene?.setSelected(box);
  }, [scene, box, layout]);
  useLayoutEffect(() => {
    scene?.setCursor(cursor);
  }, [scene, cursor, layout]);
  const shown = found === null ? box : (drawn.boxOf.get(found) ?? found);
  useEffect(() => {
    if (shown === null) {
      return undefined;
    }
    // The panel that opens beside the graph takes room first.
    const handle = requestAnimationFrame(() => scene?.reveal(shown));
    return () => cancelAnimationFrame(handle);
  }, [scene, shown]);
  return scene;
}
