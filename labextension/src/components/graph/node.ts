/** One task of the scene: built once, then only what changed is touched. */
import { groupOfBox } from '../../model/groupBox';
import { SIGN_WIDTH, fittingCharacters, type NodeBox } from '../../model/layout';
import type { NodeTask } from '../../model/selectors';
import { TASK_STATES, type GraphNode, type TaskCounts, type TaskState } from '../../model/wire';
import { MISSING_MARK, STATE_MARKS } from '../stateMarks';
import { shorten, svg } from './shapes';

const RADIUS = 6;
const STRIP = 5;

export interface NodeTexts {
  /** Read by a screen reader: name, state, what else matters. */
  describe(node: GraphNode, task: NodeTask | undefined): string;
  caption(node: GraphNode, task: NodeTask | undefined): string;
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

/** Edges of further boxes behind this one: it stands for several. */
function stack({ width, height }: NodeBox): readonly SVGElement[] {
  return [6, 3].map(shift =>
    svg('rect', { class: 'couture-Node-stack', x: shift, y: shift, width, height, rx: RADIUS })
  );
}

export class SceneNode {
  readonly element: SVGGElement;
  /** The folded group that the box stands for; null for a task. */
  readonly group: string | null;
  state: TaskState = 'none';
  private task: NodeTask | undefined = undefined;
  private mark: SVGPathElement | null = null;
  private caption: SVGTextElement | null = null;
  private progress: SVGRectElement | null = null;
  private shares: SVGGElement | null = null;
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
    this.group = groupOfBox(node.id);
    this.element = svg(
      'g',
      {
        id: elementId,
        class: 'couture-Node couture-state',
        role: 'option',
        'aria-selected': 'false',
        ...(this.group === null
          ? { 'data-task-id': node.id, 'data-kind': node.kind }
          : { 'data-group-id': this.group }),
        transform: `translate(${box.x},${box.y})`
      },
      ...(node.is_mapped || this.group !== null ? stack(box) : []),
      svg('rect', { class: 'couture-Node-box', width, height, rx: RADIUS })
    );
    if (node.missing) {
      this.element.dataset['missing'] = node.missing.provider;
    }
  }

  /** Whether the task is in a state, or one of the group is. */
  has(state: TaskState): boolean {
    const counts = this.task?.counts;
    return counts ? (counts[state] ?? 0) > 0 : this.state === state;
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
        [this.group ?? this.node.id, this.node.description, this.node.missing?.sentence]
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
    this.showShares(task?.counts);
  }

  /** A bar under the box of a group: how much of it is in which state. */
  private showShares(counts: TaskCounts | undefined): void {
    this.shares?.remove();
    this.shares = null;
    if (!counts) {
      return;
    }
    const present = TASK_STATES.filter(state => (counts[state] ?? 0) > 0);
    const total = present.reduce((sum, state) => sum + (counts[state] ?? 0), 0);
    const full = this.box.width - STRIP - RADIUS;
    let x = STRIP;
    const parts = present.map(state => {
      const width = (full * (counts[state] ?? 0)) / total;
      const part = svg('rect', {
        class: 'couture-Node-share couture-state',
        'data-state': state,
        x,
        y: this.box.height - 5,
        width,
        height: 4
      });
      x += width;
      return part;
    });
    this.shares = svg('g', { class: 'couture-Node-shares' }, ...parts);
    this.element.append(this.shares);
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
