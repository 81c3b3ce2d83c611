/** The square under the pointer, or the one the keyboard went to, and where a card beside it has room. */
import { useRef, useState, type MouseEvent, type PointerEvent, type RefObject } from 'react';
import type { Cursor } from '../../model/treeCursor';
import { CELL, HEAD, ROW } from './metrics';

/** `left` and `top` of the card, inside the frame. */
export interface Hovered extends Cursor {
  readonly left: number;
  readonly top: number;
}

export interface Hover {
  readonly at: Hovered | null;
  readonly onPointerMove: (event: PointerEvent) => void;
  readonly hide: () => void;
  readonly showAt: (row: number, column: number) => void;
  /** The square, run or name at an event; null beside them. */
  readonly cellAt: (event: MouseEvent) => Cursor | null;
}

const CARD = { width: 320, height: 190 };
const GAP = 14;

export function useHover(
  scroller: RefObject<HTMLDivElement>,
  names: number,
  rows: number,
  columns: number
): Hover {
  const [at, setAt] = useState<Hovered | null>(null);
  const shown = useRef<Hovered | null>(null);

  const show = (next: Hovered | null): void => {
    const known = shown.current;
    if (next?.row !== known?.row || next?.column !== known?.column) {
      shown.current = next;
      setAt(next);
    }
  };
  const cellAt = (event: MouseEvent): Cursor | null => {
    const frame = scroller.current;
    if (!frame) {
      return null;
    }
    const box = frame.getBoundingClientRect();
    const x = event.clientX - box.left;
    const y = event.clientY - box.top;
    if (x >= frame.clientWidth || y >= frame.clientHeight) {
      return null;
    }
    const column = x < names ? -1 : Math.floor((x - names + frame.scrollLeft) / CELL);
    const row = y < HEAD ? -1 : Math.floor((y - HEAD + frame.scrollTop) / ROW);
    return column < columns && row < rows ? { row, column } : null;
  };
  const beside = (row: number, column: number): Hovered => {
    const frame = scroller.current;
    const x = names + column * CELL - (frame?.scrollLeft ?? 0);
    const y = row < 0 ? HEAD : HEAD + row * ROW - (frame?.scrollTop ?? 0);
    const right = x + CELL + GAP;
    const room = frame?.clientWidth ?? 0;
    const below = frame?.clientHeight ?? 0;
    return {
      row,
      column,
      left: right + CARD.width <= room ? right : Math.max(0, x - GAP - CARD.width),
      top: Math.max(0, Math.min(y, below - CARD.height))
    };
  };
  return {
    at,
    cellAt,
    onPointerMove: event => {
      const found = cellAt(event);
      show(found && beside(found.row, found.column));
    },
    hide: () => show(null),
    showAt: (row, column) => show(beside(row, column))
  };
}
