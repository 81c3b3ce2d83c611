/** What one square of the tree view shows, and what is said of it. */
import { NO_TASK, isOpen, type Grid, type GridRun } from './grid';
import { formatDuration, formatUtc } from './format';
import { runStateLabel, runTypeLabel, taskStateLabel, type Translate } from './labels';
import { SEVERITY } from './selectors';
import type { TreeRow } from './tree';
import { TASK_STATES, type TaskCounts, type TaskState } from './wire';

/** A square, with all that a card says of it. */
export interface GridCell {
  readonly state: TaskState;
  readonly tries: number;
  /** In milliseconds since 1970. */
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  /** Of many instances or tasks: how many are in each state. */
  readonly counts: TaskCounts | null;
}

const RANK: readonly number[] = TASK_STATES.map(state => SEVERITY.indexOf(state));

const groupCodes = new WeakMap<GridRun, Map<string, number>>();

function worstCode(grid: Grid, run: GridRun, taskIds: readonly string[]): number {
  let worst = NO_TASK;
  for (const taskId of taskIds) {
    const code = run.codes[grid.placeOf.get(taskId) ?? -1] ?? NO_TASK;
    if (code >= 0 && (worst < 0 || (RANK[code] ?? 0) < (RANK[worst] ?? 0))) {
      worst = code;
    }
  }
  return worst;
}

/** The place in `TASK_STATES` of what a square shows, or `NO_TASK`. Worked out once for each group and state of a run. */
export function cellCode(grid: Grid, run: GridRun, row: TreeRow): number {
  const [taskId] = row.taskIds;
  if (row.kind === 'task' && taskId !== undefined) {
    return run.codes[grid.placeOf.get(taskId) ?? -1] ?? NO_TASK;
  }
  let known = groupCodes.get(run);
  if (!known) {
    known = new Map();
    groupCodes.set(run, known);
  }
  const before = known.get(row.key);
  if (before !== undefined) {
    return before;
  }
  const code = worstCode(grid, run, row.taskIds);
  known.set(row.key, code);
  return code;
}

/** Whether a square stands for many instances or tasks. */
export function isMany(run: GridRun, row: TreeRow): boolean {
  return row.kind !== 'task' || run.mapped[row.id] !== undefined;
}

function countsOf(grid: Grid, run: GridRun, taskIds: readonly string[]): TaskCounts {
  const counts: Partial<Record<TaskState, number>> = {};
  for (const taskId of taskIds) {
    const state = TASK_STATES[run.codes[grid.placeOf.get(taskId) ?? -1] ?? NO_TASK];
    if (state) {
      counts[state] = (counts[state] ?? 0) + 1;
    }
  }
  return counts;
}

/** Null where the run has no such task. */
export function cellOf(grid: Grid, run: GridRun, row: TreeRow): GridCell | null {
  const state = TASK_STATES[cellCode(grid, run, row)];
  if (!state) {
    return null;
  }
  const zero = Date.parse(run.queuedAt);
  const at = (seconds: number | null | undefined): number | null =>
    seconds === null || seconds === undefined ? null : zero + seconds * 1000;
  if (row.kind !== 'task') {
    const counts = countsOf(grid, run, row.taskIds);
    return { state, tries: 0, startedAt: null, endedAt: null, counts };
  }
  const place = grid.placeOf.get(row.id) ?? -1;
  return {
    state,
    tries: run.tries[place] ?? 0,
    startedAt: at(run.starts[place]),
    endedAt: at(run.ends[place]),
    counts: run.mapped[row.id] ?? null
  };
}

/** Seconds from the start to the end, or till now. */
export function cellSeconds(cell: GridCell, now: number): number | null {
  return cell.startedAt === null
    ? null
    : Math.max(0, ((cell.endedAt ?? now) - cell.startedAt) / 1000);
}

/** Seconds a run took, or has taken; null before it starts. */
export function runSeconds(run: GridRun, now: number): number | null {
  if (run.startedAt === null) {
    return null;
  }
  const end = run.endedAt !== null && !isOpen(run) ? Date.parse(run.endedAt) : now;
  return Math.max(0, (end - Date.parse(run.startedAt)) / 1000);
}

/** States with their numbers, worst first. */
export function countWords(counts: TaskCounts, trans: Translate): readonly string[] {
  return SEVERITY.filter(state => (counts[state] ?? 0) > 0).map(state =>
    trans.__('%1 %2', counts[state] ?? 0, taskStateLabel(state, trans))
  );
}

/** What a screen reader says of a run. */
export function describeRun(run: GridRun, now: number, trans: Translate): string {
  return [
    formatUtc(run.logicalDate),
    runTypeLabel(run.runType, trans),
    runStateLabel(run.state, trans),
    formatDuration(runSeconds(run, now))
  ].join(', ');
}

/** What a screen reader says of a square. */
export function describeCell(
  grid: Grid,
  run: GridRun,
  row: TreeRow,
  now: number,
  trans: Translate
): string {
  const cell = cellOf(grid, run, row);
  if (!cell) {
    return trans.__('%1, %2, not in this run', row.label, formatUtc(run.logicalDate));
  }
  return [
    row.label,
    formatUtc(run.logicalDate),
    taskStateLabel(cell.state, trans),
    ...(cell.counts ? countWords(cell.counts, trans) : []),
    ...(cell.tries > 1 ? [trans.__('try %1', cell.tries)] : []),
    ...(cell.startedAt === null ? [] : [formatDuration(cellSeconds(cell, now))])
  ].join(', ');
}

/** What a screen reader says of a row's name. */
export function describeRow(row: TreeRow, trans: Translate): string {
  return [
    row.label,
    trans.__('level %1', row.depth + 1),
    ...(row.hasChildren ? [row.isOpen ? trans.__('expanded') : trans.__('collapsed')] : []),
    ...(row.isRepeat ? [trans.__('shown in full above')] : [])
  ].join(', ');
}
