/** Names, order and marks of states. Colours are CSS variables called after the state, see `style/states.css`. */
import {
  RUN_STATES,
  TASK_STATES,
  type AttemptState,
  type RunCounts,
  type RunState,
  type RunType,
  type TaskCounts,
  type TaskState
} from './wire';

/** The part of JupyterLab's translation bundle we use. */
export interface Translate {
  __(text: string, ...values: (string | number)[]): string;
  _n(singular: string, plural: string, count: number, ...values: (string | number)[]): string;
}

export function taskStateLabel(state: TaskState, trans: Translate): string {
  const labels: Readonly<Record<TaskState, string>> = {
    none: trans.__('no status'),
    scheduled: trans.__('scheduled'),
    queued: trans.__('queued'),
    running: trans.__('running'),
    success: trans.__('success'),
    failed: trans.__('failed'),
    up_for_retry: trans.__('up for retry'),
    up_for_reschedule: trans.__('up for reschedule'),
    deferred: trans.__('deferred'),
    skipped: trans.__('skipped'),
    upstream_failed: trans.__('upstream failed'),
    removed: trans.__('removed'),
    restarting: trans.__('restarting'),
    awaiting_input: trans.__('awaiting input')
  };
  return labels[state];
}

export function runStateLabel(state: RunState, trans: Translate): string {
  const labels: Readonly<Record<RunState, string>> = {
    queued: trans.__('queued'),
    running: trans.__('running'),
    success: trans.__('success'),
    failed: trans.__('failed')
  };
  return labels[state];
}

export function runTypeLabel(type: RunType, trans: Translate): string {
  const labels: Readonly<Record<RunType, string>> = {
    manual: trans.__('manual'),
    scheduled: trans.__('scheduled'),
    backfill: trans.__('backfill'),
    asset_triggered: trans.__('by assets')
  };
  return labels[type];
}

export function attemptStateLabel(state: AttemptState, trans: Translate): string {
  const labels: Readonly<Record<AttemptState, string>> = {
    dispatching: trans.__('starting'),
    running: trans.__('running'),
    success: trans.__('success'),
    failed: trans.__('failed'),
    timed_out: trans.__('timed out'),
    cancelled: trans.__('cancelled'),
    lost: trans.__('lost'),
    superseded: trans.__('superseded')
  };
  return labels[state];
}

/** The colour of an attempt, as the task state whose colour it shares. */
export const ATTEMPT_COLOUR: Readonly<Record<AttemptState, TaskState>> = {
  dispatching: 'queued',
  running: 'running',
  success: 'success',
  failed: 'failed',
  timed_out: 'failed',
  cancelled: 'skipped',
  lost: 'upstream_failed',
  superseded: 'removed'
};

/** States that always have a place in a row of counters, so that live updates move nothing. */
export const COUNTER_STATES: readonly TaskState[] = [
  'success',
  'running',
  'failed',
  'upstream_failed',
  'skipped',
  'up_for_retry',
  'queued',
  'scheduled'
];

export const RUN_COUNTER_STATES: readonly RunState[] = ['success', 'running', 'failed', 'queued'];

/** Order of the legend: what one looks for first comes first. */
export const LEGEND_STATES: readonly TaskState[] = [
  'running',
  'success',
  'failed',
  'awaiting_input',
  'upstream_failed',
  'up_for_retry',
  'up_for_reschedule',
  'restarting',
  'deferred',
  'queued',
  'scheduled',
  'skipped',
  'none',
  'removed'
];

const TERMINAL: ReadonlySet<TaskState> = new Set([
  'success',
  'failed',
  'skipped',
  'upstream_failed',
  'removed'
]);

export function isTerminal(state: TaskState): boolean {
  return TERMINAL.has(state);
}

/** An attempt may be writing its log now, or is about to. */
export function isActive(state: TaskState): boolean {
  return state === 'running' || state === 'queued' || state === 'restarting';
}

/** The task may still run, and something it waits for can be named. */
export function isWaiting(state: TaskState): boolean {
  return !isTerminal(state) && !isActive(state);
}

/** The task is over without an attempt, and something it needed can be named. */
export function neverRan(task: {
  readonly state: TaskState;
  readonly try_number: number;
}): boolean {
  return (
    task.try_number === 0 &&
    (task.state === 'upstream_failed' || task.state === 'skipped' || task.state === 'removed')
  );
}

/** Counters to show: the fixed ones first, then any rarer state that has tasks. */
export function counterStates(counts: TaskCounts): readonly TaskState[] {
  const rare = TASK_STATES.filter(
    state => state !== 'none' && !COUNTER_STATES.includes(state) && (counts[state] ?? 0) > 0
  );
  return [...COUNTER_STATES, ...rare];
}

export function totalRuns(counts: RunCounts): number {
  return RUN_STATES.reduce((sum, state) => sum + (counts[state] ?? 0), 0);
}
