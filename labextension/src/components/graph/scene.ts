/**
 * The graph as an own SVG scene: one viewport group, a class or attribute for every state.
 *
 * React does not draw the tasks. A batch of events costs one comparison of references per task and touches
 * the DOM only where a task really changed, so a graph of ten thousand tasks stays smooth.
 */
import type { DrawnGraph } from '../../model/folding';
import type { GraphLayout, NodeBox } from '../../model/layout';
import { reach, type Reach } from '../../model/reach';
import { neighbours, type Neighbours, type NodeTask } from '../../model/selectors';
import type { GraphGroup, TaskState } from '../../model/wire';
import { EdgeLayer, linkKey } from './edges';
import { FrameLayer } from './frames';
import { SceneNode, type NodeTexts } from './node';
import { ScenePointer, type SceneListener } from './pointer';
import { definitions, svg } from './shapes';
import { Viewport } from './viewport';

const CALM_ABOVE = 60;
const LABELS_FROM = 0.28;
/** With more lines than this, pointing at a task lights only those that touch it. */
const FAR_LIGHT_UP_TO = 1500;
const NOTHING: Reach = { up: new Set(), down: new Set() };
let sceneCount = 0;

export interface SceneTexts extends NodeTexts {
  /** What a click on the title of an open group does. */
  fold(group: GraphGroup): string;
}

export class GraphScene {
  readonly viewport: Viewport;
  private readonly group = svg('g', { class: 'couture-Scene-content' });
  private readonly view = svg('g', { class: 'couture-Scene-view' }, this.group);
  private readonly frames = new FrameLayer();
  private readonly edges = new EdgeLayer();
  private readonly boxes = svg('g', { class: 'couture-Scene-nodes' });
  private readonly pointer: ScenePointer;
  private readonly id: string;
  private nodes = new Map<string, SceneNode>();
  private places = new Map<string, NodeBox>();
  private ways: Neighbours = { up: new Map(), down: new Map() };
  private size = { width: 0, height: 0 };
  private edgeCount = 0;
  private selected: string | null = null;
  private pointed: string | null = null;
  private near: readonly SceneNode[] = [];
  private cursor: string | null = null;
  private highlight: TaskState | null = null;
  private matches: ReadonlySet<string> | null = null;
  private chain: ReadonlySet<string> | null = null;
  private detailFrame: number | null = null;

  constructor(
    readonly frame: SVGSVGElement,
    private readonly texts: SceneTexts,
    listener: SceneListener,
    /** The view moved, or the frame changed its size. */
    onView: () => void
  ) {
    sceneCount += 1;
    this.id = `couture-scene-${sceneCount}`;
    this.group.append(this.frames.element, this.edges.element, this.boxes);
    frame.replaceChildren(definitions(this.id), this.view);
    this.viewport = new Viewport(frame, this.view, this.group, () => {
      this.requestDetail();
      onView();
    });
    this.pointer = new ScenePointer(frame, this.viewport, listener, taskId => this.point(taskId));
  }

  /** How many tasks the last update touched; tests watch it. */
  lastTouched = 0;

  setGraph(layout: GraphLayout, drawn: DrawnGraph): void {
    const known = new Map(drawn.nodes.map(node => [node.id, node]));
    const before = this.places;
    this.nodes = new Map();
    this.places = new Map();
    layout.nodes.forEach((box, index) => {
      const node = known.get(box.id);
      if (node) {
        const made = new SceneNode(
          box,
          node,
          this.texts,
          `${this.id}-${index}`,
          `${this.id}-hatch`
        );
        this.nodes.set(box.id, made);
        this.places.set(box.id, box);
      }
    });
    this.size = { width: layout.width, height: layout.height };
    this.ways = neighbours(drawn);
    this.edgeCount = layout.edges.length;
    this.edges.setEdges(layout.edges, `${this.id}-arrow`);
    this.boxes.replaceChildren(...[...this.nodes.values()].map(node => node.element));
    this.frames.setGroups(layout.groups, drawn.groups, group => this.texts.fold(group));
    this.near = [];
    this.selected = null;
    this.pointed = null;
    this.cursor = null;
    this.viewport.setContent(layout.width, layout.height, this.moved(before));
  }

  /** Something in the middle of the sight that is in the old and in the new picture. */
  private moved(
    before: ReadonlyMap<string, NodeBox>
  ): { readonly from: NodeBox; readonly to: NodeBox } | null {
    const { x, y, width, height } = this.viewport.sight();
    let least = Number.POSITIVE_INFINITY;
    let found: { readonly from: NodeBox; readonly to: NodeBox } | null = null;
    for (const [id, from] of before) {
      const to = this.places.get(id);
      const distance = Math.hypot(from.x - x - width / 2, from.y - y - height / 2);
      if (to && distance < least) {
        least = distance;
        found = { from, to };
      }
    }
    return found;
  }

  setTasks(tasks: ReadonlyMap<string, NodeTask>): void {
    let touched = 0;
    let running = 0;
    for (const [id, node] of this.nodes) {
      if (node.update(tasks.get(id))) {
        touched += 1;
        this.dim(node);
      }
      running += node.state === 'running' ? 1 : 0;
    }
    this.lastTouched = touched;
    this.frame.classList.toggle('is-calm', running > CALM_ABOVE);
  }

  setSelected(id: string | null): void {
    const before = this.selected === null ? undefined : this.nodes.get(this.selected);
    before?.element.classList.remove('is-selected');
    before?.element.setAttribute('aria-selected', 'false');
    const node = id === null ? undefined : this.nodes.get(id);
    this.selected = node ? id : null;
    node?.element.classList.add('is-selected');
    node?.element.setAttribute('aria-selected', 'true');
    this.light();
  }

  /** The task the keyboard is at. */
  setCursor(id: string | null): void {
    if (this.cursor !== null) {
      this.nodes.get(this.cursor)?.element.classList.remove('is-cursor');
    }
    this.cursor = id;
    const node = id === null ? undefined : this.nodes.get(id);
    if (node) {
      node.element.classList.add('is-cursor');
      this.frame.setAttribute('aria-activedescendant', node.element.id);
    } else {
      this.frame.removeAttribute('aria-activedescendant');
    }
  }

  /** Dims every task that is in another state, or that a search did not find; null shows all. */
  setHighlight(state: TaskState | null, matches: ReadonlySet<string> | null): void {
    if (state !== this.highlight || matches !== this.matches) {
      this.highlight = state;
      this.matches = matches;
      this.frame.classList.toggle('is-searching', matches !== null);
      this.nodes.forEach(node => this.dim(node));
    }
  }

  /** Marks the boxes of a chain and the lines between them; null marks none. */
  setChain(chain: readonly string[] | null): void {
    const ids = chain ?? [];
    this.chain = chain && new Set(chain);
    this.edges.setChain(
      new Set(ids.slice(1).map((id, index) => linkKey(ids[index] as string, id)))
    );
    this.frame.classList.toggle('has-chain', chain !== null);
    for (const [id, node] of this.nodes) {
      node.element.classList.toggle('is-critical', this.chain?.has(id) ?? false);
    }
  }

  reveal(id: string): void {
    const node = this.nodes.get(id);
    if (node) {
      this.viewport.reveal(node.box);
    }
  }

  /** Where a box is on the screen. */
  placeOf(id: string): DOMRect | undefined {
    return this.nodes.get(id)?.element.getBoundingClientRect();
  }

  /** Draws every text, as a picture needs it, until `then` is done. */
  whileComplete<T>(
    then: (group: SVGGElement, content: { readonly width: number; readonly height: number }) => T
  ): T {
    const detail = this.frame.dataset['detail'];
    this.nodes.forEach(node => node.dress());
    this.frame.dataset['detail'] = 'full';
    try {
      return then(this.group, this.size);
    } finally {
      this.frame.dataset['detail'] = detail;
    }
  }

  dispose(): void {
    this.pointer.dispose();
    this.viewport.dispose();
    if (this.detailFrame !== null) {
      cancelAnimationFrame(this.detailFrame);
    }
    this.frame.replaceChildren();
  }

  private point(id: string | null): void {
    if (id !== this.pointed) {
      this.pointed = id;
      this.light();
    }
  }

  /** Lights the ways to and from the task that is pointed at, else those of the selected one. */
  private light(): void {
    const id = this.pointed ?? this.selected;
    const around = id === null ? NOTHING : this.around(id);
    this.near.forEach(node => node.element.classList.remove('is-near'));
    this.near = [...around.up, ...around.down].flatMap(other => this.nodes.get(other) ?? []);
    this.near.forEach(node => node.element.classList.add('is-near'));
    this.edges.light(id, around);
    const isFaint = id !== null && (this.pointed === null || this.edgeCount <= FAR_LIGHT_UP_TO);
    this.frame.classList.toggle('has-selection', isFaint);
  }

  private around(id: string): Reach {
    return this.edgeCount <= FAR_LIGHT_UP_TO
      ? reach(this.ways, id)
      : { up: new Set(this.ways.up.get(id)), down: new Set(this.ways.down.get(id)) };
  }

  private dim(node: SceneNode): void {
    const isDimmed =
      (this.highlight !== null && !node.has(this.highlight)) ||
      (this.matches !== null && !this.matches.has(node.node.id));
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
}
