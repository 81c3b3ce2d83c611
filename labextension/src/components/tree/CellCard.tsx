import type { ReactNode } from 'react';
import { formatDuration, formatUtc } from '../../model/format';
import type { Grid, GridRun } from '../../model/grid';
import { cellOf, cellSeconds, countWords, runSeconds } from '../../model/gridCells';
import { runStateLabel, runTypeLabel, taskStateLabel, type Translate } from '../../model/labels';
import type { TreeRow } from '../../model/tree';
import { StateMark } from '../StateMark';

export interface CellCardProps {
  readonly grid: Grid;
  readonly run: GridRun;
  /** Absent: the run itself. */
  readonly row: TreeRow | null;
  readonly now: number;
  readonly trans: Translate;
  /** In CSS pixels inside the frame. */
  readonly left: number;
  readonly top: number;
}

type Fact = readonly [string, ReactNode];

function isoOf(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}

function runFacts({ run, now, trans }: CellCardProps): readonly Fact[] {
  return [
    [trans.__('Started'), formatUtc(run.startedAt)],
    [trans.__('Ended'), formatUtc(run.endedAt)],
    [trans.__('Duration'), formatDuration(runSeconds(run, now))],
    [trans.__('Type'), runTypeLabel(run.runType, trans)]
  ];
}

function cellFacts({ grid, run, row, now, trans }: CellCardProps): readonly Fact[] {
  const cell = row && cellOf(grid, run, row);
  if (!cell) {
    return [];
  }
  const counts = cell.counts ? countWords(cell.counts, trans).join(', ') : '';
  const own: readonly Fact[] =
    row.kind === 'task'
      ? [
          [trans.__('Started'), formatUtc(isoOf(cell.startedAt))],
          [trans.__('Ended'), formatUtc(isoOf(cell.endedAt))],
          [trans.__('Duration'), formatDuration(cellSeconds(cell, now))],
          [trans.__('Tries'), cell.tries]
        ]
      : [];
  const of = row.kind === 'task' ? trans.__('Instances') : trans.__('Tasks');
  return counts ? [[of, counts], ...own] : own;
}

/** What is known of a square, or of a run, beside the pointer. */
export function CellCard(props: CellCardProps): JSX.Element {
  const { grid, run, row, trans, left, top } = props;
  const cell = row && cellOf(grid, run, row);
  const facts = row ? cellFacts(props) : runFacts(props);
  const state = row ? cell?.state : run.state;
  const words = cell
    ? taskStateLabel(cell.state, trans)
    : row
      ? trans.__('not in this run')
      : runStateLabel(run.state, trans);
  return (
    <div className="couture-CellCard" data-couture="cell-card" style={{ left, top }} aria-hidden>
      <div className="couture-CellCard-title">{row ? row.label : formatUtc(run.logicalDate)}</div>
      <div className="couture-StateText couture-state" data-state={state}>
        {state && <StateMark state={state} />}
        <span>{words}</span>
      </div>
      <dl>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
        {row && (
          <div>
            <dt>{trans.__('Logical date')}</dt>
            <dd>{formatUtc(run.logicalDate)}</dd>
          </div>
        )}
        <div>
          <dt>{trans.__('Run')}</dt>
          <dd>{run.runId}</dd>
        </div>
      </dl>
    </div>
  );
}
