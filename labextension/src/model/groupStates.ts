/** What the boxes of folded groups show: how many of their tasks are in each state, and the worst of them. */
import type { DrawnGraph } from './folding';
import { worst, type NodeTask } from './selectors';
import type { TaskCounts, TaskState } from './wire';

const merged = new WeakMap<NodeTask, NodeTask>();

function isSame(one: TaskCounts | undefined, other: TaskCounts): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** The same object until the worst task or a number changes, so that nothing is drawn in vain. */
function groupTask(tasks: readonly NodeTask[], size: number): NodeTask | undefined {
  const shown = worst(tasks);
  if (!shown) {
    return undefined;
  }
  const counts: Partial<Record<TaskState, number>> = {};
  for (const { state } of tasks) {
    counts[state] = (counts[state] ?? 0) + 1;
  }
  if (size > tasks.length) {
    counts.none = (counts.none ?? 0) + size - tasks.length;
  }
  const known = merged.get(shown);
  if (known && isSame(known.counts, counts)) {
    return known;
  }
  const next: NodeTask = { ...shown, counts };
  merged.set(shown, next);
  return next;
}

/** One task per box that is drawn: those of tasks as they are, those of folded groups put together. */
export function drawnTasks(
  drawn: DrawnGraph,
  tasks: ReadonlyMap<string, NodeTask>
): ReadonlyMap<string, NodeTask> {
  if (drawn.members.size === 0) {
    return tasks;
  }
  const shown = new Map(tasks);
  for (const [box, members] of drawn.members) {
    const group = groupTask(
      members.flatMap(id => tasks.get(id) ?? []),
      members.length
    );
    if (group) {
      shown.set(box, group);
    }
  }
  return shown;
}
