/**
 * The graph as an own SVG scene: one viewport group, a class or attribute for every state.
 *
 * React does not draw the tasks. A batch of events costs one comparison of references per task and touches
 * the DOM only where a task really changed, so a graph of ten thousand tasks stays smooth.
 */
import type { GraphLayout } from '../../model/layout';
import type { Neighbours } from '../../model/selectors';
import type { NodeTask } from '../../model/selectors';
import type { GraphNode, TaskState } from '../../model/wire';
import { SceneNode, svg, type NodeTexts } from './node';
import { Viewport } from './viewport';

const CALM_ABOVE = 60;
const ARROWS_UP_TO = 1500;
const LABELS_FROM = 0.28;
let sceneCount = 0;

export interface SceneListener {
  onSelect(taskId: string | null): void;
  onMenu(taskId: string, x: number, y: number): void;
}

export class GraphScene {
  readonly viewport: Viewport;
  private readonly group = svg('g', { class: 'couture-Scene-view' });
  private readonly edges = svg('g', { class: 'couture-Scene-edges', 'aria-hidden': 'true' });
  private readonly boxes = svg('g', { class: 'couture-Scene-nodes' });
  private readonly id: string;
  private nodes = new Map<string, SceneNode>();
  private edgesOf = new Map<string, SVGPathElement[]>();
  private selected: string | null = null;
  private cursor: string | null = null;
  private highlight: TaskState | null = null;
  private detailFrame: number | null = null;

  constructor(
    private readonly frame: SVGSVGElement,
    private readonly texts: NodeTexts,
    private readonly listener: SceneListener
  ) {
    sceneCount += 1;
    this.id = `couture-scene-${sceneCount}`;
    this.group.append(this.edges, this.boxes);
    frame.replaceChildren(this.definitions(), this.group);
    this.viewport = new Viewport(frame, this.group, () => this.requestDetail());
    frame.addEventListener('click', this.onClick);
    frame.addEventListener('contextmenu', this.onContextMenu);
  }

  /** How many tasks the last update touched; tests watch it. */
  lastTouched = 0;

  setGraph(layout: GraphLayout, nodes: ReadonlyMap<string, GraphNode>): void {
    this.nodes = new Map();
    this.edgesOf = new Map();
    const boxes = layout.nodes.flatMap((box, index) => {
      const node = nodes.get(box.id);
      if (!node) {
        return [];
      }
      const made = new SceneNode(box, node, this.texts, `${this.id}-${index}`, `${this.id}-hatch`);
      this.nodes.set(box.id, made);
      return made.element;
    });
    const hasArrows = layout.edges.length <= ARROWS_UP_TO;
    const paths = layout.edges.map(({ from, to, path }) => {
      const line = svg('path', { class: 'couture-Edge', d: path });
      for (const end of [from, to]) {
        const list = this.edgesOf.get(end);
        if (list) {
          list.push(line);
        } else {
          this.edgesOf.set(end, [line]);
        }
      }
      return line;
    });
    this.edges.setAttribute('marker-end', hasArrows ? `url(#${this.id}-arrow)` : 'none');
    this.edges.replaceChildren(...paths);
    this.boxes.replaceChildren(...boxes);
    this.selected = null;
    this.cursor = null;
    this.viewport.setContent(layout.width, layout.height);
  }

  setTasks(tasks: ReadonlyMap<string, NodeTask>): void {
    let touched = 0;
    let running = 0;
    for (const [taskId, node] of this.nodes) {
      if (node.update(tasks.get(taskId))) {
        touched += 1;
        this.dim(node);
      }
      running += node.state === 'running' ? 1 : 0;
    }
    this.lastTouched = touched;
    this.frame.classList.toggle('is-calm', running > CALM_ABOVE);
  }

  setSelected(taskId: string | null, edges: Neighbours): void {
    if (this.selected !== null) {
      this.mark(this.selected, edges, false);
    }
    this.selected = taskId !== null && this.nodes.has(taskId) ? taskId : null;
    if (this.selected !== null) {
      this.mark(this.selected, edges, true);
    }
    this.frame.classList.toggle('has-selection', this.selected !== null);
  }

  /** The task the keyboard is at. */
  setCursor(taskId: string | null): void {
    if (this.cursor !== null) {
      this.nodes.get(this.cursor)?.element.classList.remove('is-cursor');
    }
    this.cursor = taskId;
    const node = taskId === null ? undefined : this.nodes.get(taskId);
    if (node) {
      node.element.classList.add('is-cursor');
      this.frame.setAttribute('aria-activedescendant', node.element.id);
    } else {
      this.frame.removeAttribute('aria-activedescendant');
    }
  }

  /** Dims every task that is in another state; null shows all. */
  setHighlight(state: TaskState | null): void {
    if (state !== this.highlight) {
      this.highlight = state;
      this.nodes.forEach(node => this.dim(node));
    }
  }

  reveal(taskId: string): void {
    const node = this.nodes.get(taskId);
    if (node) {
      this.viewport.reveal(node.box);
    }
  }

  dispose(): void {
    this.viewport.dispose();
    if (this.detailFrame !== null) {
      cancelAnimationFrame(this.detailFrame);
    }
    this.frame.removeEventListener('click', this.onClick);
    this.frame.removeEventListener('contextmenu', this.onContextMenu);
    this.frame.replaceChildren();
  }

  private mark(taskId: string, edges: Neighbours, isOn: boolean): void {
    const node = this.nodes.get(taskId);
    node?.element.classList.toggle('is-selected', isOn);
    node?.element.setAttribute('aria-selected', String(isOn));
    for (const other of [...(edges.up.get(taskId) ?? []), ...(edges.down.get(taskId) ?? [])]) {
      this.nodes.get(other)?.element.classList.toggle('is-near', isOn);
    }
    for (const line of this.edgesOf.get(taskId) ?? []) {
      line.classList.toggle('is-lit', isOn);
    }
  }

  private dim(node: SceneNode): void {
    const isDimmed = this.highlight !== null && node.state !== this.highlight;
    node.element.classList.toggle('is-dimmed', isDimmed);
  }

  private requestDetail(): void {
    this.detailFrame ??= requestAnimationFrame(() => {
      this.detailFrame = null;
      this.showDetail();
    });
  }

  /** Texts are made only where they can be read: thousands of them would cost seconds. */
  private showDetail(): void {
    const { scale } = this.viewport;
    const detail = scale >= 0.5 ? 'full' : scale >= LABELS_FROM ? 'labels' : 'boxes';
    if (this.frame.dataset['detail'] !== detail) {
      this.frame.dataset['detail'] = detail;
    }
    if (detail !== 'boxes') {
      for (const node of this.nodes.values()) {
        if (!node.isDressed && this.viewport.shows(node.box)) {
          node.dress();
        }
      }
    }
  }

  private definitions(): SVGDefsElement {
    const marker = svg(
      'marker',
      {
        id: `${this.id}-arrow`,
        class: 'couture-arrow',
        viewBox: '0 0 8 8',
        refX: 7,
        refY: 4,
        markerWidth: 10,
        markerHeight: 10,
        markerUnits: 'userSpaceOnUse',
        orient: 'auto'
      },
      svg('path', { d: 'M0.5,0.5L7.5,4L0.5,7.5Z' })
    );
    const hatch = svg(
      'pattern',
      {
        id: `${this.id}-hatch`,
        class: 'couture-hatch',
        width: 7,
        height: 7,
        patternUnits: 'userSpaceOnUse',
        patternTransform: 'rotate(45)'
      },
      svg('path', { d: 'M0,0V7' })
    );
    return svg('defs', {}, marker, hatch);
  }

  private taskAt(target: EventTarget | null): string | null {
    const node = target instanceof Element ? target.closest('.couture-Node') : null;
    return node?.getAttribute('data-task-id') ?? null;
  }

  private readonly onClick = (event: MouseEvent): void => {
    if (!this.viewport.wasDragged) {
      this.listener.onSelect(this.taskAt(event.target));
    }
  };

  private readonly onContextMenu = (event: MouseEvent): void => {
    const taskId = this.taskAt(event.target);
    if (taskId !== null) {
      event.preventDefault();
      event.stopPropagation();
      this.listener.onMenu(taskId, event.clientX, event.clientY);
    }
  };
}
