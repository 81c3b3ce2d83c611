/**
 * The chain of tasks that a run took its time for.
 *
 * What keeps a task from ending earlier is the upstream task that ended last; from the task that ended last of all,
 * that leads back to the beginning of the run. Between the end of one link and the end of the next lies all that time:
 * the waiting (for a slot, a pool, a retry) and the running. So the links add up to the length of the run, and nothing
 * but a link that gets shorter makes the run shorter. A task without times, such as one that was skipped, is passed
 * through.
 */
import type { KnownTask } from './state';
import type { Neighbours } from './selectors';

export interface PathStep {
  readonly taskId: string;
  /** From when it could have started to when it did, seconds. */
  readonly waitSeconds: number;
  readonly runSeconds: number;
}

export interface CriticalPath {
  /** In the order of time. */
  readonly steps: readonly PathStep[];
  /** From the start of the run to the end of the last task. */
  readonly totalSeconds: number;
  readonly waitSeconds: number;
}

interface Span {
  readonly started: number;
  readonly ended: number;
}

/** When each task was at work: of a mapped one, what its last instance to end says. */
function spans(tasks: Iterable<KnownTask>): ReadonlyMap<string, Span> {
  const found = new Map<string, Span>();
  for (const task of tasks) {
    if (task.started_at && task.ended_at) {
      const span = { started: Date.parse(task.started_at), ended: Date.parse(task.ended_at) };
      if (span.ended >= (found.get(task.task_id)?.ended ?? Number.NEGATIVE_INFINITY)) {
        found.set(task.task_id, span);
      }
    }
  }
  return found;
}

/** The nearest tasks with times before one. */
function timedBefore(
  taskId: string,
  up: Neighbours['up'],
  known: ReadonlyMap<string, Span>
): readonly string[] {
  const seen = new Set<string>();
  const open = [...(up.get(taskId) ?? [])];
  const found: string[] = [];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (seen.has(at)) {
      continue;
    }
    seen.add(at);
    if (known.has(at)) {
      found.push(at);
    } else {
      open.push(...(up.get(at) ?? []));
    }
  }
  return found;
}

function lastToEnd(ids: Iterable<string>, known: ReadonlyMap<string, Span>): string | null {
  let last: string | null = null;
  for (const id of ids) {
    const ended = known.get(id)?.ended ?? Number.NEGATIVE_INFINITY;
    if (last === null || ended > (known.get(last)?.ended ?? Number.NEGATIVE_INFINITY)) {
      last = id;
    }
  }
  return last;
}

/** Null while no task has ended. `runStarted` is when the run did; the first task's start without it. */
export function criticalPath(
  edges: Neighbours,
  tasks: Iterable<KnownTask>,
  runStarted: string | null
): CriticalPath | null {
  const known = spans(tasks);
  const steps: PathStep[] = [];
  let at = lastToEnd(known.keys(), known);
  if (at === null) {
    return null;
  }
  const end = (known.get(at) as Span).ended;
  let begin = end;
  const passed = new Set<string>();
  while (at !== null) {
    passed.add(at);
    const { started, ended } = known.get(at) as Span;
    const before = lastToEnd(
      timedBefore(at, edges.up, known).filter(id => !passed.has(id)),
      known
    );
    const ready: number =
      before === null
        ? Math.min(started, runStarted === null ? started : Date.parse(runStarted))
        : (known.get(before) as Span).ended;
    // A task that is run again may end after one that waited for it: then the waiting counts as none.
    const from = Math.min(Math.max(started, ready), ended);
    steps.push({
      taskId: at,
      waitSeconds: Math.max(0, from - ready) / 1000,
      runSeconds: Math.max(0, ended - from) / 1000
    });
    begin = Math.min(begin, ready);
    at = before;
  }
  steps.reverse();
  return {
    steps,
    totalSeconds: (end - begin) / 1000,
    waitSeconds: steps.reduce((sum, step) => sum + step.waitSeconds, 0)
  };
}
