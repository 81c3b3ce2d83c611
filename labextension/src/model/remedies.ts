/** What one can do about a reason that keeps a task from running. */
import type { ReasonWithFacts } from './wireTask';

export type Remedy =
  | { readonly type: 'turn-on' }
  | { readonly type: 'open-task'; readonly taskId: string }
  | { readonly type: 'open-run'; readonly runId: string }
  | { readonly type: 'answer' };

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter(part => typeof part === 'string') : [];
}

/** The most urgent tasks only: a wide fan-in would bury the rest. */
const FEW = 3;

/** The remedies for one reason, best first; none where only waiting helps. */
export function remediesFor({ kind, facts = {} }: ReasonWithFacts): readonly Remedy[] {
  switch (kind) {
    case 'dag_paused':
      return [{ type: 'turn-on' }];
    case 'waits_for_person':
      return [{ type: 'answer' }];
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
