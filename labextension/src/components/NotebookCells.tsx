import type { ReactNode } from 'react';
import { elapsedSeconds, formatBytes, formatDuration } from '../model/format';
import type { Translate } from '../model/labels';
import type { ShownNotebook } from '../model/notebookCells';
import type { CellState, NotebookCell } from '../model/wireNotebook';
import { StateMark } from './StateMark';

export interface NotebookCellsProps {
  readonly notebook: ShownNotebook;
  readonly now: number;
  readonly trans: Translate;
  readonly outputsOf: (cell: NotebookCell) => ReactNode;
}

const MARK = { pending: 'none', running: 'running', success: 'success', failed: 'failed' } as const;

function stateText(state: CellState, trans: Translate): string {
  switch (state) {
    case 'pending':
      return trans.__('waits');
    case 'running':
      return trans.__('running');
    case 'success':
      return trans.__('done');
    case 'failed':
      return trans.__('failed');
  }
}

/** The code cells of a notebook: how far each is, its source and what it has shown. */
export function NotebookCells({
  notebook,
  now,
  trans,
  outputsOf
}: NotebookCellsProps): JSX.Element {
  return (
    <ol className="couture-Notebook-cells" aria-label={trans.__('Cells')}>
      {notebook.cells.map(cell => (
        <li
          key={cell.number}
          className="couture-Cell couture-state"
          data-state={MARK[cell.state]}
          data-cell={cell.number}
        >
          <div className="couture-Cell-head">
            <StateMark state={MARK[cell.state]} />
            <span className="couture-number">
              {trans.__('Cell %1 of %2', cell.number, notebook.total)}
            </span>
            <span className="couture-faint">
              {stateText(cell.state, trans)}
              {cell.started_at !== null && (cell.ended_at !== null || cell.state === 'running') && (
                <>
                  {', '}
                  {formatDuration(elapsedSeconds(cell.started_at, cell.ended_at, now))}
                </>
              )}
            </span>
          </div>
          <pre className="couture-Cell-source">
            <code>{cell.source}</code>
            {cell.is_source_cut && '…'}
          </pre>
          {outputsOf(cell)}
          {cell.bytes_left_out > 0 && (
            <p className="couture-Cell-cut couture-faint" data-couture="cell-cut">
              {leftOut(cell, trans)}
            </p>
          )}
        </li>
      ))}
    </ol>
  );
}

function leftOut(cell: NotebookCell, trans: Translate): string {
  const size = formatBytes(cell.bytes_left_out);
  return cell.outputs_left_out > 0
    ? trans._n(
        '%2 are left out here, with them %1 older or larger output. The executed notebook has all.',
        '%2 are left out here, with them %1 older or larger outputs. The executed notebook has all.',
        cell.outputs_left_out,
        cell.outputs_left_out,
        size
      )
    : trans.__('%1 are left out here. The executed notebook has all.', size);
}
