import {
  useCallback,
  useEffect,
  useId,
  useMemo,
  useState,
  type KeyboardEvent,
  type MouseEvent
} from 'react';
import type { Grid } from '../../model/grid';
import { describeCell, describeRow, describeRun, runSeconds } from '../../model/gridCells';
import type { Translate } from '../../model/labels';
import type { TreeRow } from '../../model/tree';
import { keyMove, type Cursor } from '../../model/treeCursor';
import type { TaskState } from '../../model/wire';
import { CellCard } from './CellCard';
import { CELL, HEAD, ROW, squaresWidth } from './metrics';
import { TreeHead } from './TreeHead';
import { TreeNames } from './TreeNames';
import { useHover } from './useHover';
import { useSheet } from './useSheet';

export interface TreeGridProps {
  readonly grid: Grid;
  readonly rows: readonly TreeRow[];
  readonly label: string;
  readonly selectedTask: string | null;
  readonly selectedRun: string | null;
  readonly highlight: TaskState | null;
  readonly now: number;
  readonly trans: Translate;
  readonly onToggle: (key: string) => void;
  /** A task of a run, or of the shown run. */
  readonly onSelect: (taskId: string, runId: string | null) => void;
  readonly onRun: (runId: string) => void;
  readonly onMenu: (row: TreeRow, runId: string | null, x: number, y: number) => void;
}

/** A place by what is there, so that it stays when rows or runs come before it; null: names, or the line of the runs. */
interface Place {
  readonly key: string | null;
  readonly runId: string | null;
}

/** Tasks by runs: names and bars in the page, squares on a canvas, one cursor for the keyboard. */
export function TreeGrid(props: TreeGridProps): JSX.Element {
  const { grid, rows, selectedTask, selectedRun, highlight, now, trans } = props;
  const { onToggle, onSelect, onRun, onMenu } = props;
  const { runs } = grid;
  const idPrefix = useId();
  const scene = { grid, rows, selectedTask, selectedRun, highlight };
  const { scroller, squares, span, names, onScroll, reveal } = useSheet(scene);
  const hover = useHover(scroller, names, rows.length, runs.length);
  const [place, setPlace] = useState<Place | null>(null);
  const longest = useMemo(
    () => runs.reduce((most, run) => Math.max(most, runSeconds(run, now) ?? 0), 0),
    [runs, now]
  );

  const indexOf = (key: string | null): number => rows.findIndex(row => row.key === key);
  const columnOf = (runId: string | null): number => runs.findIndex(run => run.runId === runId);
  const start: Cursor = {
    row: Math.max(
      0,
      rows.findIndex(row => row.kind === 'task' && row.id === selectedTask)
    ),
    column: selectedRun === null ? runs.length - 1 : columnOf(selectedRun)
  };
  const cursor: Cursor = place ? { row: indexOf(place.key), column: columnOf(place.runId) } : start;

  // The panel that opens beside takes room first.
  useEffect(() => {
    const column = runs.findIndex(run => run.runId === selectedRun);
    const handle = requestAnimationFrame(() => {
      if (selectedTask !== null && column >= 0) {
        reveal(-1, column);
      }
    });
    return () => cancelAnimationFrame(handle);
    // Only a new choice scrolls, not new data.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [selectedTask, selectedRun]);

  const choose = (row: TreeRow | undefined, runId: string | null): void => {
    if (!row) {
      if (runId !== null) {
        onRun(runId);
      }
    } else if (row.kind !== 'task') {
      onToggle(row.key);
    } else {
      onSelect(row.id, runId);
    }
  };
  const goTo = ({ row, column }: Cursor): void => {
    setPlace({ key: rows[row]?.key ?? null, runId: runs[column]?.runId ?? null });
    reveal(row, column);
    hover.showAt(row, column);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const page = Math.max(1, Math.floor(((scroller.current?.clientHeight ?? 0) - HEAD) / ROW) - 1);
    const done = keyMove(
      event.key,
      event.ctrlKey || event.metaKey,
      cursor,
      rows,
      runs.length,
      page
    );
    const row = done && 'row' in done ? rows[done.row] : undefined;
    if (event.key === 'Escape') {
      hover.hide();
      return;
    } else if (!done) {
      return;
    } else if (done.type === 'move') {
      goTo(done.to);
    } else if (done.type === 'toggle') {
      setPlace({ key: row?.key ?? null, runId: null });
      onToggle(row?.key ?? '');
    } else {
      choose(rows[cursor.row], runs[cursor.column]?.runId ?? null);
    }
    event.preventDefault();
    event.stopPropagation();
  };
  const onName = useCallback(
    (row: TreeRow) => (row.kind === 'task' ? onSelect(row.id, null) : onToggle(row.key)),
    [onSelect, onToggle]
  );
  const onNameMenu = useCallback(
    (row: TreeRow, event: MouseEvent) => {
      event.preventDefault();
      onMenu(row, null, event.clientX, event.clientY);
    },
    [onMenu]
  );
  const onCell = (event: MouseEvent, isMenu: boolean): void => {
    const at = hover.cellAt(event);
    const row = rows[at?.row ?? -1];
    const run = runs[at?.column ?? -1];
    if (!row || !run) {
      return;
    }
    setPlace({ key: row.key, runId: run.runId });
    if (isMenu) {
      event.preventDefault();
      onMenu(row, run.runId, event.clientX, event.clientY);
    } else {
      choose(row, run.runId);
    }
  };
  const at = hover.at;
  const hoveredRun = runs[at?.column ?? -1];
  const cursorRow = rows[cursor.row];
  const cursorRun = runs[cursor.column];
  const spoken =
    cursorRow && cursorRun
      ? describeCell(grid, cursorRun, cursorRow, now, trans)
      : cursorRow
        ? describeRow(cursorRow, trans)
        : cursorRun
          ? describeRun(cursorRun, now, trans)
          : '';
  return (
    <div className="couture-Tree-frame">
      <div
        ref={scroller}
        className="couture-Tree-scroll"
        data-couture="tree-grid"
        role="treegrid"
        tabIndex={0}
        aria-label={props.label}
        aria-rowcount={rows.length + 1}
        aria-colcount={runs.length + 1}
        aria-activedescendant={cursorRow ? `${idPrefix}${cursorRow.key}` : undefined}
        onScroll={onScroll}
        onKeyDown={onKeyDown}
        onPointerMove={hover.onPointerMove}
        onPointerLeave={hover.hide}
        onClick={event => onCell(event, false)}
        onContextMenu={event => onCell(event, true)}
      >
        <div
          className="couture-Tree-sheet"
          role="presentation"
          style={{ width: names + squaresWidth(runs.length), height: HEAD + rows.length * ROW }}
        >
          <TreeHead
            runs={runs}
            names={names}
            selectedRun={selectedRun}
            longest={longest}
            now={now}
            trans={trans}
            onRun={onRun}
          />
          <div className="couture-Tree-side" role="presentation" style={{ width: names }}>
            <TreeNames
              rows={rows}
              first={span.first}
              last={span.last}
              idPrefix={idPrefix}
              selectedTask={selectedTask}
              trans={trans}
              onToggle={onToggle}
              onName={onName}
              onMenu={onNameMenu}
            />
          </div>
          <div
            ref={squares}
            className="couture-Tree-cells"
            data-couture="tree-cells"
            aria-hidden
            style={{ left: names, width: runs.length * CELL, height: rows.length * ROW }}
          />
          {at && at.row >= 0 && (
            <div className="couture-Tree-band" style={{ top: HEAD + at.row * ROW }} />
          )}
          <div
            className="couture-Tree-cursor"
            data-is-name={cursor.column < 0}
            style={{
              left: cursor.column < 0 ? 0 : names + cursor.column * CELL,
              top: cursor.row < 0 ? 0 : HEAD + cursor.row * ROW,
              width: cursor.column < 0 ? names : CELL,
              height: cursor.row < 0 ? HEAD : ROW
            }}
          />
        </div>
      </div>
      {at && hoveredRun && (at.row < 0 || rows[at.row]) && (
        <CellCard
          grid={grid}
          run={hoveredRun}
          row={rows[at.row] ?? null}
          now={now}
          trans={trans}
          left={at.left}
          top={at.top}
        />
      )}
      <div className="couture-hidden" aria-live="polite" data-couture="tree-spoken">
        {place ? spoken : ''}
      </div>
    </div>
  );
}
