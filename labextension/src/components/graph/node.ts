/** One task of the scene: built once, then only what changed is touched. */
import { SIGN_WIDTH, fittingCharacters, type NodeBox } from '../../model/layout';
import type { NodeTask } from '../../model/selectors';
import type { GraphNode, TaskState } from '../../model/wire';
import { MISSING_MARK, STATE_MARKS } from '../stateMarks';

const SVG = 'http://www.w3.org/2000/svg';
const RADIUS = 6;
const STRIP = 5;

export interface NodeTexts {
  /** Read by a screen reader: name, state, what else matters. */
  describe(node: GraphNode, task: NodeTask | undefined): string;
  caption(node: GraphNode, task: NodeTask | undefined): string;
}

export function svg<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, string | number>>,
  ...children: readonly (SVGElement | string)[]
): SVGElementTagNameMap[K] {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) {
    element.setAttribute(name, String(value));
  }
  element.append(...children);
  return element;
}

function shorten(text: string, characters: number): string {
  return text.length <= characters ? text : `${text.slice(0, Math.max(1, characters - 1))}…`;
}

/** Hatching over the box, and a warning sign left of the mark of the state. */
function missingSigns({ width, height }: NodeBox, hatchId: string): readonly SVGElement[] {
  return [
    svg('rect', {
      class: 'couture-Node-hatch',
      width,
      height,
      rx: RADIUS,
      fill: `url(#${hatchId})`
    }),
    svg('path', {
      class: 'couture-Node-warning',
      transform: `translate(${width - 40},${height / 2 - 7}) scale(1.15)`,
      d: MISSING_MARK
    })
  ];
}

export class SceneNode {
  readonly element: SVGGElement;
  state: TaskState = 'none';
  private task: NodeTask | undefined = undefined;
  private mark: SVGPathElement | null = null;
  private caption: SVGTextElement | null = null;
  private progress: SVGRectElement | null = null;
  private isPainted = false;

  constructor(
    readonly box: NodeBox,
    readonly node: GraphNode,
    private readonly texts: NodeTexts,
    elementId: string,
    /** Fill of tasks that cannot run: the id of a pattern. */
    private readonly hatchId: string
  ) {
    const { width, height } = box;
    this.element = svg(
      'g',
      {
        id: elementId,
        class: 'couture-Node couture-state',
        role: 'option',
        'aria-selected': 'false',
        'data-task-id': node.id,
        'data-kind': node.kind,
        transform: `translate(${box.x},${box.y})`
      },
      svg('rect', { class: 'couture-Node-box', width, height, rx: RADIUS })
    );
    if (node.missing) {
      this.element.dataset['missing'] = node.missing.provider;
    }
  }

  get isDressed(): boolean {
    return this.mark !== null;
  }

  /** Adds texts and marks. Until then the task is a coloured box. */
  dress(): void {
    if (this.mark) {
      return;
    }
    const { width, height } = this.box;
    this.mark = svg('path', {
      class: 'couture-Node-mark',
      transform: `translate(${width - 22},${height / 2 - 7}) scale(1.15)`,
      d: STATE_MARKS[this.state]
    });
    this.caption = svg('text', { class: 'couture-Node-caption', x: 15, y: height / 2 + 13 });
    if (this.node.missing) {
      this.element.append(...missingSigns(this.box, this.hatchId));
    }
    this.element.append(
      svg('path', {
        class: 'couture-Node-strip',
        d: `M${STRIP},0V${height}A${STRIP},${RADIUS} 0 0 1 0,${height - RADIUS}V${RADIUS}A${STRIP},${RADIUS} 0 0 1 ${STRIP},0Z`
      }),
      svg(
        'text',
        { class: 'couture-Node-label', x: 15, y: height / 2 - 3 },
        shorten(this.node.label, fittingCharacters(this.node.missing ? width - SIGN_WIDTH : width))
      ),
      this.caption,
      this.mark,
      svg(
        'title',
        {},
        [this.node.id, this.node.description, this.node.missing?.sentence]
          .filter(Boolean)
          .join('\n')
      )
    );
    this.write(this.task);
  }

  /** Draws what the task is now. Returns whether anything was touched. */
  update(task: NodeTask | undefined): boolean {
    if (this.isPainted && task === this.task) {
      return false;
    }
    const state = task?.state ?? 'none';
    if (!this.isPainted || state !== this.state) {
      this.element.dataset['state'] = state;
      this.mark?.setAttribute('d', STATE_MARKS[state]);
    }
    if (task?.changed_at && task.changed_at !== this.task?.changed_at) {
      this.element.dataset['seqAt'] = task.changed_at;
    } else if (!task) {
      delete this.element.dataset['seqAt'];
    }
    this.state = state;
    this.task = task;
    this.isPainted = true;
    this.element.setAttribute('aria-label', this.texts.describe(this.node, task));
    this.write(task);
    return true;
  }

  private write(task: NodeTask | undefined): void {
    if (!this.caption) {
      return;
    }
    const taken = this.node.missing ? 40 + SIGN_WIDTH : 40;
    const caption = shorten(this.texts.caption(this.node, task), (this.box.width - taken) / 6);
    if (this.caption.textContent !== caption) {
      this.caption.textContent = caption;
    }
    this.showProgress(task);
  }

  private showProgress(task: NodeTask | undefined): void {
    const progress = task?.state === 'running' ? task.progress : null;
    if (!progress || progress.total === 0) {
      this.progress?.remove();
      this.progress = null;
      return;
    }
    if (!this.progress) {
      this.progress = svg('rect', {
        class: 'couture-Node-progress',
        x: STRIP,
        y: this.box.height - 3,
        height: 3,
        width: 0
      });
      this.element.append(this.progress);
    }
    const full = this.box.width - STRIP - 1;
    this.progress.setAttribute('width', String((full * progress.done) / progress.total));
  }
}
