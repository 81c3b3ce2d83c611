/** A picture of a square in every state, drawn once for each theme and screen resolution. */
import { TASK_STATES, type TaskState } from '../../model/wire';
import { MARK_SIZE, STATE_MARKS } from '../stateMarks';
import { CELL, ROW, SQUARE } from './metrics';

const RADIUS = 3;
const MARK = 10;
const HOLLOW: ReadonlySet<TaskState> = new Set(['none', 'scheduled', 'removed']);
const MIDDLE_GREY = 0.42;

/** Relative luminance of `#rrggbb`, roughly. */
function brightness(colour: string): number {
  const channel = (at: number): number => parseInt(colour.slice(at, at + 2), 16) / 255;
  return 0.3 * channel(1) + 0.59 * channel(3) + 0.11 * channel(5);
}

export class Sprites {
  private readonly atlas: HTMLCanvasElement;
  private readonly width: number;
  private readonly height: number;
  /** Behind the rows of groups, and around what is chosen. */
  readonly groupColour: string;
  readonly brandColour: string;

  /** `element` says the colours, `scale` how many device pixels a CSS pixel has. */
  constructor(
    element: Element,
    readonly scale: number
  ) {
    this.width = Math.ceil(CELL * scale);
    this.height = Math.ceil(ROW * scale);
    this.atlas = document.createElement('canvas');
    this.atlas.width = this.width * TASK_STATES.length;
    this.atlas.height = this.height * 2;
    const context = this.atlas.getContext('2d');
    const style = getComputedStyle(element);
    this.groupColour = style.getPropertyValue('--jp-layout-color2');
    this.brandColour = style.getPropertyValue('--jp-brand-color1');
    if (context) {
      TASK_STATES.forEach((state, code) => {
        for (const isMany of [false, true]) {
          context.setTransform(scale, 0, 0, scale, code * this.width, isMany ? this.height : 0);
          draw(context, state, style.getPropertyValue(`--couture-${state}`).trim(), isMany);
        }
      });
    }
  }

  /** In device pixels of a context without a transformation. */
  draw(
    context: CanvasRenderingContext2D,
    code: number,
    isMany: boolean,
    x: number,
    y: number
  ): void {
    const { width, height } = this;
    const top = isMany ? height : 0;
    context.drawImage(this.atlas, code * width, top, width, height, x, y, width, height);
  }
}

function draw(
  context: CanvasRenderingContext2D,
  state: TaskState,
  colour: string,
  isMany: boolean
): void {
  const left = (CELL - SQUARE) / 2;
  const top = (ROW - SQUARE) / 2;
  context.fillStyle = colour;
  context.strokeStyle = colour;
  const filled = String(context.fillStyle);
  if (isMany) {
    // A second square looks out behind the first.
    context.lineWidth = 1.5;
    context.beginPath();
    context.moveTo(left + 3, top - 2);
    context.lineTo(left + SQUARE + 0.5, top - 2);
    context.quadraticCurveTo(left + SQUARE + 2, top - 2, left + SQUARE + 2, top - 0.5);
    context.lineTo(left + SQUARE + 2, top + SQUARE - 3);
    context.stroke();
  }
  const isHollow = HOLLOW.has(state);
  context.beginPath();
  if (isHollow) {
    context.roundRect(left + 0.75, top + 0.75, SQUARE - 1.5, SQUARE - 1.5, RADIUS);
    context.lineWidth = 1.5;
    context.setLineDash(state === 'scheduled' ? [] : [2.5, 2]);
    context.stroke();
    context.setLineDash([]);
  } else {
    context.roundRect(left, top, SQUARE, SQUARE, RADIUS);
    context.fill();
  }
  if (state === 'none') {
    return;
  }
  context.strokeStyle = isHollow ? filled : brightness(filled) > MIDDLE_GREY ? '#111' : '#fff';
  context.lineWidth = 1.7;
  context.lineCap = 'round';
  context.lineJoin = 'round';
  context.save();
  const inset = (SQUARE - MARK) / 2;
  context.translate(left + inset, top + inset);
  context.scale(MARK / MARK_SIZE, MARK / MARK_SIZE);
  context.stroke(new Path2D(STATE_MARKS[state]));
  context.restore();
}
