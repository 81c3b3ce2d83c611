/**
 * The whole graph in a corner, with a rectangle for what is in sight that can be dragged.
 *
 * It is there only while the graph does not fit into its frame. Boxes are drawn on a canvas in the colours of their
 * states, at most a few times a second.
 */
import type { GraphLayout } from '../../model/layout';
import type { NodeTask } from '../../model/selectors';
import type { TaskState } from '../../model/wire';
import type { Viewport } from './viewport';

const WIDTH = 180;
const HEIGHT = 130;
const DRAW_EVERY_MS = 200;

export class Minimap {
  private readonly canvas = document.createElement('canvas');
  private readonly sight = document.createElement('div');
  private readonly probe = document.createElement('span');
  private readonly themes: MutationObserver;
  private layout: GraphLayout | null = null;
  private tasks: ReadonlyMap<string, NodeTask> = new Map();
  private scale = 1;
  private timer: number | null = null;
  private isShown = false;
  private pointer: number | null = null;

  constructor(
    private readonly host: HTMLElement,
    private readonly viewport: Viewport
  ) {
    this.sight.className = 'couture-Minimap-sight';
    this.probe.className = 'couture-state';
    this.probe.hidden = true;
    host.replaceChildren(this.canvas, this.sight, this.probe);
    host.hidden = true;
    host.addEventListener('pointerdown', this.onPointerDown);
    host.addEventListener('pointermove', this.onPointerMove);
    host.addEventListener('pointerup', this.onPointerUp);
    host.addEventListener('pointercancel', this.onPointerUp);
    this.themes = new MutationObserver(() => this.requestDraw());
    this.themes.observe(document.body, { attributeFilter: ['data-jp-theme-name'] });
  }

  setLayout(layout: GraphLayout): void {
    this.layout = layout;
    this.scale = Math.min(WIDTH / layout.width, HEIGHT / layout.height);
    const { style } = this.host;
    style.width = `${Math.max(8, layout.width * this.scale)}px`;
    style.height = `${Math.max(8, layout.height * this.scale)}px`;
    this.requestDraw();
    this.follow();
  }

  setTasks(tasks: ReadonlyMap<string, NodeTask>): void {
    this.tasks = tasks;
    this.requestDraw();
  }

  /** Lays the rectangle over what is in sight. */
  follow(): void {
    if (!this.layout) {
      return;
    }
    const isShown = !this.viewport.showsAll();
    if (isShown !== this.isShown) {
      this.isShown = isShown;
      this.host.hidden = !isShown;
      this.requestDraw();
    }
    if (isShown) {
      const { x, y, width, height } = this.viewport.sight();
      const { scale } = this;
      this.sight.style.transform = `translate(${x * scale}px,${y * scale}px)`;
      this.sight.style.width = `${width * scale}px`;
      this.sight.style.height = `${height * scale}px`;
    }
  }

  dispose(): void {
    this.themes.disconnect();
    if (this.timer !== null) {
      window.clearTimeout(this.timer);
    }
    this.host.removeEventListener('pointerdown', this.onPointerDown);
    this.host.removeEventListener('pointermove', this.onPointerMove);
    this.host.removeEventListener('pointerup', this.onPointerUp);
    this.host.removeEventListener('pointercancel', this.onPointerUp);
    this.host.replaceChildren();
  }

  private requestDraw(): void {
    if (this.isShown) {
      this.timer ??= window.setTimeout(() => {
        this.timer = null;
        this.draw();
      }, DRAW_EVERY_MS);
    }
  }

  private draw(): void {
    const { layout, scale, canvas } = this;
    const brush = canvas.getContext('2d');
    if (!layout || !brush) {
      return;
    }
    const dense = window.devicePixelRatio || 1;
    canvas.width = Math.ceil(layout.width * scale * dense);
    canvas.height = Math.ceil(layout.height * scale * dense);
    brush.scale(scale * dense, scale * dense);
    const colours = new Map<TaskState, string>();
    for (const box of layout.nodes) {
      const state = this.tasks.get(box.id)?.state ?? 'none';
      let colour = colours.get(state);
      if (colour === undefined) {
        this.probe.dataset['state'] = state;
        colour = getComputedStyle(this.probe).getPropertyValue('--couture-colour').trim();
        colours.set(state, colour);
      }
      brush.fillStyle = colour;
      brush.fillRect(box.x, box.y, box.width, Math.max(box.height, 1.5 / scale));
    }
  }

  private lookAt(event: PointerEvent): void {
    const box = this.host.getBoundingClientRect();
    this.viewport.centreOn(
      (event.clientX - box.left) / this.scale,
      (event.clientY - box.top) / this.scale
    );
  }

  private readonly onPointerDown = (event: PointerEvent): void => {
    if (event.button === 0) {
      event.preventDefault();
      this.pointer = event.pointerId;
      this.host.setPointerCapture(event.pointerId);
      this.lookAt(event);
    }
  };

  private readonly onPointerMove = (event: PointerEvent): void => {
    if (event.pointerId === this.pointer) {
      this.lookAt(event);
    }
  };

  private readonly onPointerUp = (): void => {
    this.pointer = null;
  };
}
