/** The scrolled sheet of the tree view: what of it is in sight, and where it stays when data come. */
import { useLayoutEffect, useRef, useState, type RefObject } from 'react';
import type { GridRun } from '../../model/grid';
import { CellTiles, type CellScene } from './cellTiles';
import { CELL, HEAD, ROW, namesWidth } from './metrics';

const SPARE_ROWS = 12;
const STEP_ROWS = 8;
const NEARLY = 2;

/** Rows that are in the page: `first` to before `last`. */
export interface RowSpan {
  readonly first: number;
  readonly last: number;
}

export interface Sheet {
  readonly scroller: RefObject<HTMLDivElement>;
  /** Where the squares are painted. */
  readonly squares: RefObject<HTMLDivElement>;
  readonly span: RowSpan;
  /** Width of the column of names. */
  readonly names: number;
  readonly onScroll: () => void;
  /** Scrolls as little as needed to show a square; -1 is the name, or the line of the runs. */
  readonly reveal: (row: number, column: number) => void;
}

function spanAt(top: number, height: number): RowSpan {
  const first = Math.floor(Math.max(0, top / ROW - SPARE_ROWS) / STEP_ROWS) * STEP_ROWS;
  const last = Math.ceil(((top + height) / ROW + SPARE_ROWS) / STEP_ROWS) * STEP_ROWS;
  return { first, last };
}

export function useSheet(scene: CellScene): Sheet {
  const scroller = useRef<HTMLDivElement>(null);
  const squares = useRef<HTMLDivElement>(null);
  const cells = useRef<CellTiles | null>(null);
  const [span, setSpan] = useState<RowSpan>(() => spanAt(0, 600));
  const [names, setNames] = useState(() => namesWidth(900, scene.grid.runs.length));
  const isAtEnd = useRef(true);
  const before = useRef<readonly GridRun[]>([]);
  const latest = useRef(scene);
  latest.current = scene;

  const look = useRef((): void => {
    const frame = scroller.current;
    if (!frame) {
      return;
    }
    const width = namesWidth(frame.clientWidth, latest.current.grid.runs.length);
    setNames(width);
    const next = spanAt(frame.scrollTop, frame.clientHeight);
    setSpan(known => (known.first === next.first && known.last === next.last ? known : next));
    cells.current?.setArea({
      left: frame.scrollLeft,
      top: frame.scrollTop,
      width: frame.clientWidth - width,
      height: frame.clientHeight - HEAD
    });
  });

  useLayoutEffect(() => {
    const frame = scroller.current;
    if (!frame || !squares.current) {
      return undefined;
    }
    cells.current = new CellTiles(squares.current);
    cells.current.setScene(latest.current);
    const observer = new ResizeObserver(() => {
      if (isAtEnd.current) {
        frame.scrollLeft = frame.scrollWidth;
      }
      look.current();
    });
    observer.observe(frame);
    look.current();
    return () => {
      observer.disconnect();
      cells.current?.dispose();
      cells.current = null;
    };
  }, []);

  const { grid, rows, selectedRun, selectedTask, highlight } = scene;
  useLayoutEffect(() => {
    cells.current?.setScene(latest.current);
    look.current();
  }, [grid, rows, selectedRun, selectedTask, highlight]);

  // New runs come at the right: who looks at the newest stays there, who looks further back keeps what is in sight.
  useLayoutEffect(() => {
    const frame = scroller.current;
    const known = before.current;
    before.current = grid.runs;
    if (!frame || known === grid.runs) {
      return;
    }
    if (isAtEnd.current) {
      frame.scrollLeft = frame.scrollWidth;
      return;
    }
    const anchor = known[Math.floor(frame.scrollLeft / CELL)];
    const column = grid.runs.findIndex(run => run.runId === anchor?.runId);
    if (column >= 0) {
      frame.scrollLeft = column * CELL + (frame.scrollLeft % CELL);
    }
  }, [grid.runs]);

  return {
    scroller,
    squares,
    span,
    names,
    onScroll: () => {
      const frame = scroller.current;
      if (frame) {
        isAtEnd.current = frame.scrollLeft >= frame.scrollWidth - frame.clientWidth - NEARLY;
      }
      look.current();
    },
    reveal: (row, column) => {
      const frame = scroller.current;
      if (!frame) {
        return;
      }
      const room = frame.clientHeight - HEAD - ROW;
      if (row >= 0) {
        const top = row * ROW;
        frame.scrollTop = Math.max(Math.min(frame.scrollTop, top), top - room);
      }
      const wide = frame.clientWidth - namesWidth(frame.clientWidth, grid.runs.length) - CELL;
      if (column >= 0) {
        const left = column * CELL;
        frame.scrollLeft = Math.max(Math.min(frame.scrollLeft, left), left - wide);
      }
    }
  };
}
