/**
 * Pan and zoom of the scene: a shift of one group, a scale of another one inside.
 *
 * Until the user moves it, the picture stays fitted to its frame, also when the frame changes size.
 */
export interface View {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const LEAST = 0.005;
const MOST = 3;
const DRAG_THRESHOLD = 4;
const FRAME_MARGIN = 12;
const NEARBY = 200;

export class Viewport {
  private view: View = { x: 0, y: 0, scale: 1 };
  private content = { width: 1, height: 1 };
  private size = { width: 0, height: 0 };
  private shownScale = 0;
  private isFitted = true;
  private hasDragged = false;
  private pointer: { readonly id: number; readonly x: number; readonly y: number } | null = null;
  private readonly observer: ResizeObserver;

  constructor(
    private readonly frame: SVGSVGElement,
    /** Gets the shift, in whole pixels: texts stay as sharp as they are. */
    private readonly moved: SVGGElement,
    /** Inside of it; gets the scale. */
    private readonly scaled: SVGGElement,
    private readonly onMove: () => void
  ) {
    frame.addEventListener('wheel', this.onWheel, { passive: false });
    frame.addEventListener('pointerdown', this.onPointerDown);
    frame.addEventListener('pointermove', this.onPointerMove);
    frame.addEventListener('pointerup', this.onPointerUp);
    frame.addEventListener('pointercancel', this.onPointerUp);
    this.observer = new ResizeObserver(() => {
      this.size = frame.getBoundingClientRect();
      if (this.isFitted) {
        this.fit();
      } else {
        this.onMove();
      }
    });
    this.observer.observe(frame);
  }

  /** The pointer moved since it was pressed: the click that follows selects nothing. */
  get wasDragged(): boolean {
    return this.hasDragged;
  }

  get scale(): number {
    return this.view.scale;
  }

  /** Whether a box of the content is in the frame, or nearly so. */
  shows(box: Box): boolean {
    const { x, y, scale } = this.view;
    const { width, height } = this.size;
    return (
      (box.x + box.width) * scale + x > -NEARBY &&
      box.x * scale + x < width + NEARBY &&
      (box.y + box.height) * scale + y > -NEARBY &&
      box.y * scale + y < height + NEARBY
    );
  }

  /** The part of the content that is in the frame. */
  sight(): Box {
    const { x, y, scale } = this.view;
    const { width, height } = this.size;
    return { x: -x / scale, y: -y / scale, width: width / scale, height: height / scale };
  }

  showsAll(): boolean {
    const { x, y, width, height } = this.sight();
    const slack = 1 / this.view.scale;
    return (
      width === 0 ||
      (x <= slack &&
        y <= slack &&
        x + width >= this.content.width - slack &&
        y + height >= this.content.height - slack)
    );
  }

  /**
   * New content. With `moved`, a place of the old content and where that is in the new one, the user keeps looking
   * at the same thing, unless the whole was in sight.
   */
  setContent(
    width: number,
    height: number,
    moved: { readonly from: Box; readonly to: Box } | null
  ): void {
    this.content = { width, height };
    if (this.isFitted || !moved) {
      this.fit();
      return;
    }
    const { scale } = this.view;
    this.panBy((moved.from.x - moved.to.x) * scale, (moved.from.y - moved.to.y) * scale);
  }

  /** Brings a point of the content into the middle of the frame. */
  centreOn(x: number, y: number): void {
    const { scale } = this.view;
    const { width, height } = this.size;
    this.isFitted = false;
    this.show({ scale, x: width / 2 - x * scale, y: height / 2 - y * scale });
  }

  /** Zooms to a scale, around the middle of the frame. */
  zoomTo(scale: number): void {
    this.zoom(scale / this.view.scale);
  }

  fit(): void {
    this.size = this.frame.getBoundingClientRect();
    const { width, height } = this.size;
    if (width === 0 || height === 0) {
      return;
    }
    const scale = Math.max(
      LEAST,
      Math.min(
        1.1,
        (width - FRAME_MARGIN) / this.content.width,
        (height - FRAME_MARGIN) / this.content.height
      )
    );
    this.isFitted = true;
    this.show({
      scale,
      x: (width - this.content.width * scale) / 2,
      y: (height - this.content.height * scale) / 2
    });
  }

  /** Zooms around a point of the frame; around its middle without one. */
  zoom(factor: number, at?: { readonly x: number; readonly y: number }): void {
    const box = this.frame.getBoundingClientRect();
    const x = at ? at.x - box.left : box.width / 2;
    const y = at ? at.y - box.top : box.height / 2;
    const scale = Math.max(LEAST, Math.min(MOST, this.view.scale * factor));
    const ratio = scale / this.view.scale;
    this.isFitted = false;
    this.show({ scale, x: x - (x - this.view.x) * ratio, y: y - (y - this.view.y) * ratio });
  }

  panBy(x: number, y: number): void {
    this.isFitted = false;
    this.show({ ...this.view, x: this.view.x + x, y: this.view.y + y });
  }

  /** Moves as little as needed to bring a box of the content into the frame; a fitted picture stays fitted. */
  reveal(box: Box): void {
    if (this.isFitted) {
      this.fit();
      return;
    }
    const { width, height } = this.frame.getBoundingClientRect();
    const shift = (from: number, size: number, room: number): number => {
      const margin = Math.min(40, room / 10);
      return from < margin
        ? margin - from
        : from + size > room - margin
          ? room - margin - from - size
          : 0;
    };
    const { x, y, scale } = this.view;
    const byX = shift(box.x * scale + x, box.width * scale, width);
    const byY = shift(box.y * scale + y, box.height * scale, height);
    if (byX !== 0 || byY !== 0) {
      this.panBy(byX, byY);
    }
  }

  dispose(): void {
    this.observer.disconnect();
    this.frame.removeEventListener('wheel', this.onWheel);
    this.frame.removeEventListener('pointerdown', this.onPointerDown);
    this.frame.removeEventListener('pointermove', this.onPointerMove);
    this.frame.removeEventListener('pointerup', this.onPointerUp);
    this.frame.removeEventListener('pointercancel', this.onPointerUp);
  }

  private show(view: View): void {
    this.view = view;
    if (view.scale !== this.shownScale) {
      this.shownScale = view.scale;
      this.scaled.setAttribute('transform', `scale(${view.scale})`);
    }
    this.moved.setAttribute('transform', `translate(${Math.round(view.x)},${Math.round(view.y)})`);
    this.onMove();
  }

  private readonly onWheel = (event: WheelEvent): void => {
    event.preventDefault();
    if (event.shiftKey) {
      this.panBy(-(event.deltaX || event.deltaY), 0);
    } else {
      const step = event.deltaMode === WheelEvent.DOM_DELTA_PIXEL ? 1 : 20;
      this.zoom(Math.exp((-event.deltaY * step) / (event.ctrlKey ? 150 : 500)), {
        x: event.clientX,
        y: event.clientY
      });
    }
  };

  private readonly onPointerDown = (event: PointerEvent): void => {
    if (event.button === 0) {
      this.pointer = { id: event.pointerId, x: event.clientX, y: event.clientY };
      this.hasDragged = false;
    }
  };

  private readonly onPointerMove = (event: PointerEvent): void => {
    const start = this.pointer;
    if (!start || start.id !== event.pointerId) {
      return;
    }
    const x = event.clientX - start.x;
    const y = event.clientY - start.y;
    if (!this.hasDragged && Math.hypot(x, y) < DRAG_THRESHOLD) {
      return;
    }
    if (!this.hasDragged) {
      this.hasDragged = true;
      this.frame.setPointerCapture(event.pointerId);
      this.frame.classList.add('is-panning');
    }
    this.pointer = { id: start.id, x: event.clientX, y: event.clientY };
    this.panBy(x, y);
  };

  private readonly onPointerUp = (): void => {
    this.pointer = null;
    this.frame.classList.remove('is-panning');
  };
}
