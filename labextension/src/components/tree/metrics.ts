/** Sizes of the tree view in CSS pixels; `style/tree.css` has the same. */
export const CELL = 18;
export const ROW = 22;
export const HEAD = 72;
export const BAR_HEIGHT = 44;
/** Side of a square inside its cell. */
export const SQUARE = 14;

const LEAST_NAMES = 130;
const MOST_NAMES = 320;
const NAMES_SHARE = 0.3;

/** Width of the names beside the squares, in a frame of a width. */
export function namesWidth(frame: number): number {
  return Math.round(Math.max(LEAST_NAMES, Math.min(MOST_NAMES, frame * NAMES_SHARE)));
}

const INDENT = 12;
const DEEPEST = 9;

/** Space before a name. Deep in the tree it grows no more, so that names stay readable. */
export function indent(depth: number): number {
  return Math.min(depth, DEEPEST) * INDENT;
}

/** How many levels deeper than the indentation shows; 0 if none. */
export function levelsBeyond(depth: number): number {
  return Math.max(0, depth - DEEPEST);
}
