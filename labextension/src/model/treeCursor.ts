/** Where the keyboard is in the tree view, and where a key leads. */
import type { TreeRow } from './tree';

/** `row` -1 is the line of the runs, `column` -1 the names of the tasks. */
export interface Cursor {
  readonly row: number;
  readonly column: number;
}

export type KeyMove =
  | { readonly type: 'move'; readonly to: Cursor }
  | { readonly type: 'toggle'; readonly row: number }
  | { readonly type: 'choose'; readonly at: Cursor };

function within(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(most, value));
}

/**
 * What a key does, or null if it does nothing here. On a name Left and Right fold and unfold, and then lead to the task
 * above or to the squares. `page` is how many rows fit.
 */
export function keyMove(
  key: string,
  isControl: boolean,
  at: Cursor,
  rows: readonly TreeRow[],
  columns: number,
  page: number
): KeyMove | null {
  const last = rows.length - 1;
  const move = (row: number, column: number): KeyMove => {
    const to = { row: within(row, -1, last), column: within(column, -1, columns - 1) };
    return {
      type: 'move',
      to: to.row === -1 && to.column === -1 ? { row: 0, column: -1 } : to
    };
  };
  const row = rows[at.row];
  switch (key) {
    case 'ArrowDown':
      return move(at.row + 1, at.column);
    case 'ArrowUp':
      return move(at.row - 1, at.column);
    case 'PageDown':
      return move(at.row + page, at.column);
    case 'PageUp':
      return move(Math.max(0, at.row - page), at.column);
    case 'Home':
      return isControl ? move(0, at.column) : move(Math.max(0, at.row), -1);
    case 'End':
      return isControl ? move(last, at.column) : move(at.row, columns - 1);
    case 'ArrowRight':
      return at.column === -1 && row?.hasChildren && !row.isOpen
        ? { type: 'toggle', row: at.row }
        : move(at.row, at.column + 1);
    case 'ArrowLeft':
      if (at.column !== -1) {
        return move(at.row, at.row === -1 ? Math.max(0, at.column - 1) : at.column - 1);
      }
      return row?.isOpen
        ? { type: 'toggle', row: at.row }
        : row && row.parent >= 0
          ? move(row.parent, -1)
          : null;
    case 'Enter':
    case ' ':
      return { type: 'choose', at };
    default:
      return null;
  }
}
