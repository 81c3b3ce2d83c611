/** What the pointer does in the scene, in words of tasks and groups. */
import { FrameLayer } from './frames';
import type { Viewport } from './viewport';

export interface SceneListener {
  onSelect(taskId: string | null): void;
  onMenu(taskId: string, x: number, y: number): void;
  /** An open group is to be folded, or a folded one opened. */
  onFold(groupId: string): void;
}

function nodeAt(target: EventTarget | null): Element | null {
  return target instanceof Element ? target.closest('.couture-Node') : null;
}

export class ScenePointer {
  constructor(
    private readonly frame: SVGSVGElement,
    private readonly viewport: Viewport,
    private readonly listener: SceneListener,
    /** The pointer came to a task, or left all. */
    private readonly onPoint: (taskId: string | null) => void
  ) {
    frame.addEventListener('click', this.onClick);
    frame.addEventListener('contextmenu', this.onContextMenu);
    frame.addEventListener('pointerover', this.onPointerOver);
    frame.addEventListener('pointerleave', this.onPointerLeave);
  }

  dispose(): void {
    this.frame.removeEventListener('click', this.onClick);
    this.frame.removeEventListener('contextmenu', this.onContextMenu);
    this.frame.removeEventListener('pointerover', this.onPointerOver);
    this.frame.removeEventListener('pointerleave', this.onPointerLeave);
  }

  private readonly onClick = (event: MouseEvent): void => {
    if (this.viewport.wasDragged) {
      return;
    }
    const node = nodeAt(event.target);
    const group = node?.getAttribute('data-group-id') ?? FrameLayer.groupAt(event.target);
    if (group !== null) {
      this.listener.onFold(group);
    } else {
      this.listener.onSelect(node?.getAttribute('data-task-id') ?? null);
    }
  };

  private readonly onContextMenu = (event: MouseEvent): void => {
    const taskId = nodeAt(event.target)?.getAttribute('data-task-id') ?? null;
    if (taskId !== null) {
      event.preventDefault();
      event.stopPropagation();
      this.listener.onMenu(taskId, event.clientX, event.clientY);
    }
  };

  private readonly onPointerOver = (event: PointerEvent): void => {
    if (event.buttons === 0) {
      this.onPoint(nodeAt(event.target)?.getAttribute('data-task-id') ?? null);
    }
  };

  private readonly onPointerLeave = (): void => this.onPoint(null);
}
