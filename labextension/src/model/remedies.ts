/** What one can do about a reason that keeps a task from running. */
import type { Limit } from './limitLine';
import type { ReasonWithFacts } from './wireTask';

export type Remedy =
  | { readonly type: 'turn-on' }
  | { readonly type: 'open-task'; readonly taskId: string }
  | { readonly type: 'open-run'; readonly runId: string }
  | { readonly type: 'answer' }
  | { readonly type: 'run-now' }
  | { readonly type: 'show-log' }
  | { readonly type: 'clear' }
  /** Give the pool so many slots, or another number; make it if it is missing. */
  | {
      readonly type: 'set-slots';
      readonly pool: string;
      readonly slots: number;
      readonly isMissing: boolean;
    }
  /** The line of the DAG file; a limit of the task, or else of the DAG. */
  | { readonly type: 'open-limit'; readonly limit: Limit; readonly isOfTask: boolean }
  | { readonly type: 'open-runs' }
  | { readonly type: 'open-overview' };

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter(part => typeof part === 'string') : [];
}

/** The most urgent tasks only: a wide fan-in would bury the rest. */
const FEW = 3;

function pool(
  { facts = {} }: ReasonWithFacts,
  slots: number | null,
  isMissing = false
): readonly Remedy[] {
  const name = facts['pool'];
  return typeof name === 'string' && slots !== null
    ? [{ type: 'set-slots', pool: name, slots, isMissing }]
    : [];
}

function number(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}

/** The remedies for one reason, best first; none where only waiting helps. */
export function remediesFor(reason: ReasonWithFacts): readonly Remedy[] {
  const { kind, facts = {} } = reason;
  switch (kind) {
    case 'dag_paused':
      return [{ type: 'turn-on' }];
    case 'waits_for_person':
      return [{ type: 'answer' }];
    case 'attempt_failed':
      return [{ type: 'show-log' }, { type: 'clear' }];
    case 'retry_not_due':
    case 'reschedule_not_due':
      return [{ type: 'run-now' }];
    case 'pool_full': {
      const slots = number(facts['slots']);
      return pool(reason, slots === null ? null : slots + 1);
    }
    case 'pool_too_small':
      return pool(reason, number(facts['wanted']));
    case 'pool_missing':
      return pool(reason, 1, true);
    case 'run_limit':
      return [
        { type: 'open-runs' },
        { type: 'open-limit', limit: 'max_active_runs', isOfTask: false }
      ];
    case 'dag_task_limit':
      return [{ type: 'open-limit', limit: 'max_active_tasks', isOfTask: false }];
    case 'task_limit':
      return [{ type: 'open-limit', limit: 'max_active_tis_per_dag', isOfTask: true }];
    case 'run_task_limit':
      return [{ type: 'open-limit', limit: 'max_active_tis_per_dagrun', isOfTask: true }];
    case 'no_slots':
    case 'no_workers':
    case 'no_leader':
      return [{ type: 'open-overview' }];
    case 'upstream_unfinished':
    case 'upstream_rule':
    case 'setup_failed':
    case 'map_length_unknown':
      return texts(facts['tasks'])
        .slice(0, FEW)
        .map(name => ({ type: 'open-task', taskId: name.replace(/\[\d+\]$/, '') }));
    case 'not_chosen':
    case 'dag_over':
      return typeof facts['task'] === 'string'
        ? [{ type: 'open-task', taskId: facts['task'] }]
        : [];
    case 'past_unfinished':
    case 'past_downstream':
      return typeof facts['run'] === 'string' ? [{ type: 'open-run', runId: facts['run'] }] : [];
    default:
      return [];
  }
}
