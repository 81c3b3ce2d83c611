import { useRef, useState, useEffect, type KeyboardEvent } from 'react';
import { groupOfBox } from '../../model/groupBox';
import { isArrow, nextTask } from '../../model/navigate';
import { neighbours } from '../../model/selectors';
import type { GraphScene } from './scene';
import { useScene, type SceneProps } from './useScene';

export interface GraphCanvasProps extends Omit<SceneProps, 'cursor' | 'onScale'> {
  readonly onScene: (scene: GraphScene | null) => void;
  readonly onScale: (scale: number) => void;
}

const ZOOM_STEP = 1.25;

/** The picture: an SVG that is one stop of the Tab key, in which arrow keys lead from task to task. */
export function GraphCanvas(props: GraphCanvasProps): JSX.Element {
  const { drawn, layout, selected, found, trans, onScene, onSelect, onFold } = props;
  const frame = useRef<SVGSVGElement>(null);
  const corner = useRef<HTMLDivElement>(null);
  const [cursor, setCursor] = useState<string | null>(null);
  const choose = (taskId: string | null): void => {
    setCursor(taskId);
    onSelect(taskId);
  };
  const scene = useScene(frame, corner, { ...props, cursor, onSelect: choose });
  useEffect(() => {
    onScene(scene);
    return () => onScene(null);
  }, [scene, onScene]);
  useEffect(() => {
    if (found !== null) {
      setCursor(drawn.boxOf.get(found) ?? found);
    }
  }, [found, drawn]);

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    const viewport = scene?.viewport;
    const at = cursor ?? (selected === null ? null : (drawn.boxOf.get(selected) ?? selected));
    if (isArrow(event.key)) {
      const next = nextTask(layout, neighbours(drawn), at, event.key);
      if (next !== null) {
        setCursor(next);
        scene?.reveal(next);
      }
    } else if (event.key === 'Enter' || event.key === ' ') {
      const group = at === null ? null : groupOfBox(at);
      if (group !== null) {
        setCursor(drawn.members.get(at ?? '')?.[0] ?? null);
        onFold(group);
      } else if (at !== null) {
        choose(at);
      }
    } else if (event.key === 'f') {
      const around = drawn.nodes.find(node => node.id === at)?.group ?? null;
      if (around !== null) {
        setCursor(`group:${around}`);
        onFold(around);
      }
    } else if (event.key === 'Escape') {
      choose(null);
    } else if (event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey)) {
      const box = at === null ? undefined : scene?.placeOf(at);
      if (!box || at === null || groupOfBox(at) !== null) {
        return;
      }
      props.onMenu(at, box.left + box.width / 2, box.top + box.height / 2);
    } else if (event.key === '+' || event.key === '=') {
      viewport?.zoom(ZOOM_STEP);
    } else if (event.key === '-') {
      viewport?.zoom(1 / ZOOM_STEP);
    } else if (event.key === '0') {
      viewport?.fit();
    } else if (event.key === '1') {
      viewport?.zoomTo(1);
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div className="couture-Graph-room">
      <svg
        ref={frame}
        className="couture-Scene"
        role="listbox"
        tabIndex={0}
        aria-label={trans.__(
          'Graph of %1: arrow keys follow the edges, Enter opens a task or a folded group, F folds the group around a task, plus, minus, 0 and 1 zoom',
          drawn.dag_id
        )}
        onKeyDown={onKeyDown}
      />
      <div ref={corner} className="couture-Minimap" data-couture="minimap" aria-hidden="true" />
    </div>
  );
}
