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
/** Columns that stay in sight however narrow the frame is. */
const LEAST_COLUMNS = 2;
/** A date under the last bar is wider than its column. */
const LAST_DATE = 36;

/** Width of all squares; a date at the end has room, too. */
export function squaresWidth(runs: number): number {
  return runs * CELL + LAST_DATE;
}

/**
 * Width of the names beside the squares of some runs, in a frame of a width.
 *
 * A part of the frame, and what few runs leave free of it; but two columns stay in sight.
 */
export function namesWidth(frame: number, runs: number): number {
  const wanted = Math.max(LEAST_NAMES, frame * NAMES_SHARE, frame - squaresWidth(runs));
  const most = Math.max(0, frame - LEAST_COLUMNS * CELL);
  return Math.round(Math.min(MOST_NAMES, wanted, most));
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
