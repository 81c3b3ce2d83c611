/** Questions a view asks of the state. Each returns the same object for the same input. */
import { isTerminal } from './labels';
import {
  runKey,
  type CoutureState,
  type KnownRun,
  type KnownTask,
  type RunsOfDag,
  type TasksOfRun
} from './state';
import {
  TASK_STATES,
  type DagRow,
  type Graph,
  type GraphNode,
  type TaskCounts,
  type TaskState
} from './wire';

/** A row of the DAG table with this user's unanswered wishes laid over it. */
export interface DagRowView {
  readonly row: DagRow;
  readonly isPaused: boolean;
  readonly isBusy: boolean;
  readonly isTriggering: boolean;
  readonly isRefreshing: boolean;
}

/** Remembers the last answer for one input object: enough for values that are derived from the state. */
export function remember<I extends object, O>(compute: (input: I) => O): (input: I) => O {
  const answers = new WeakMap<I, O>();
  return input => {
    const known = answers.get(input);
    if (known !== undefined) {
      return known;
    }
    const answer = compute(input);
    answers.set(input, answer);
    return answer;
  };
}

const NO_TASKS: ReadonlyMap<string, KnownTask> = new Map();

export function runsOf(state: CoutureState, dagId: string): RunsOfDag | undefined {
  return state.runs.get(dagId);
}

export function tasksOf(
  state: CoutureState,
  dagId: string,
  runId: string | null
): TasksOfRun | undefined {
  return runId === null ? undefined : state.tasks.get(runKey(dagId, runId));
}

export function taskMap(tasks: TasksOfRun | undefined): ReadonlyMap<string, KnownTask> {
  return tasks?.tasks ?? NO_TASKS;
}

export function isPaused(state: CoutureState, dagId: string): boolean {
  return state.changes.get(dagId)?.paused ?? state.dags.get(dagId)?.is_paused ?? false;
}

const rowViews = new WeakMap<DagRow, DagRowView>();

/** One row; the same object until the row or a wish for it changes. */
export function dagRowView(state: CoutureState, dagId: string): DagRowView | undefined {
  const row = state.dags.get(dagId);
  if (!row) {
    return undefined;
  }
  const change = state.changes.get(dagId);
  const known = rowViews.get(row);
  const next: DagRowView = {
    row,
    isPaused: change?.paused ?? row.is_paused,
    isBusy: change?.paused !== undefined,
    isTriggering: change?.triggering ?? false,
    isRefreshing: change?.refreshing ?? false
  };
  if (
    known &&
    known.isPaused === next.isPaused &&
    known.isBusy === next.isBusy &&
    known.isTriggering === next.isTriggering &&
    known.isRefreshing === next.isRefreshing
  ) {
    return known;
  }
  rowViews.set(row, next);
  return next;
}

/** The run to show: the chosen one, else the newest. */
export function shownRun(list: RunsOfDag | undefined, runId: string | null): KnownRun | undefined {
  return runId === null ? list?.runs[0] : list?.runs.find(run => run.run_id === runId);
}

function countInstances(tasks: Iterable<KnownTask>): TaskCounts {
  const counts: Partial<Record<TaskState, number>> = {};
  for (const task of tasks) {
    counts[task.state] = (counts[task.state] ?? 0) + 1;
  }
  return counts;
}

/** How many tasks are in each state. */
export const countStates = remember((tasks: ReadonlyMap<string, KnownTask>): TaskCounts =>
  countInstances(tasks.values())
);

/** Worst first: what the one box of a task that runs many times over should show. */
export const SEVERITY: readonly TaskState[] = [
  'failed',
  'upstream_failed',
  'awaiting_input',
  'running',
  'restarting',
  'up_for_retry',
  'up_for_reschedule',
  'deferred',
  'queued',
  'scheduled',
  'none',
  'success',
  'skipped',
  'removed'
];

/** What one box of the graph shows: the unmapped instance, or the worst of the mapped ones. */
export interface NodeTask extends KnownTask {
  /** How many instances a mapped task has, and how many of them ended; absent if it is not mapped. */
  readonly instances?: RunProgress;
  /** How many tasks of a folded group are in each state; absent if the box is that of a task. */
  readonly counts?: TaskCounts;
}

/** The instances of every task, in the order of their index. */
const instancesByTask = remember(
  (tasks: ReadonlyMap<string, KnownTask>): ReadonlyMap<string, readonly KnownTask[]> => {
    const byTask = new Map<string, KnownTask[]>();
    for (const task of tasks.values()) {
      const known = byTask.get(task.task_id);
      if (known) {
        known.push(task);
      } else {
        byTask.set(task.task_id, [task]);
      }
    }
    for (const instances of byTask.values()) {
      instances.sort((one, other) => one.map_index - other.map_index);
    }
    return byTask;
  }
);

const NO_INSTANCES: readonly KnownTask[] = [];

/** The instances of one mapped task by index; none if it is not mapped, or not expanded yet. */
export function mappedInstances(
  tasks: ReadonlyMap<string, KnownTask>,
  taskId: string
): readonly KnownTask[] {
  const found = instancesByTask(tasks).get(taskId);
  return found?.[0] && found[0].map_index >= 0 ? found : NO_INSTANCES;
}

/** The one of them that most needs to be looked at. */
export function worst<T extends KnownTask>(instances: readonly T[]): T | undefined {
  return instances.reduce<T | undefined>(
    (known, task) =>
      known && SEVERITY.indexOf(known.state) <= SEVERITY.indexOf(task.state) ? known : task,
    undefined
  );
}

const mergedNodes = new WeakMap<KnownTask, NodeTask>();

/** The same object until the worst instance or the numbers change, so that nothing is drawn in vain. */
function withInstances(task: KnownTask, instances: RunProgress): NodeTask {
  const known = mergedNodes.get(task);
  if (known?.instances?.done === instances.done && known.instances.total === instances.total) {
    return known;
  }
  const next = { ...task, instances };
  mergedNodes.set(task, next);
  return next;
}

/** One task per box of the graph, by task id. */
export const tasksByNode = remember(
  (tasks: ReadonlyMap<string, KnownTask>): ReadonlyMap<string, NodeTask> => {
    const byNode = new Map<string, NodeTask>();
    for (const [taskId, instances] of instancesByTask(tasks)) {
      const shown = worst(instances);
      if (shown) {
        const isMapped = shown.map_index >= 0;
        byNode.set(
          taskId,
          isMapped ? withInstances(shown, runProgress(countInstances(instances))) : shown
        );
      }
    }
    return byNode;
  }
);

export interface Neighbours {
  readonly up: ReadonlyMap<string, readonly string[]>;
  readonly down: ReadonlyMap<string, readonly string[]>;
}

/** Direct upstream and downstream task ids of every task. */
export const neighbours = remember((graph: Graph): Neighbours => {
  const up = new Map<string, string[]>(graph.nodes.map(node => [node.id, []]));
  const down = new Map<string, string[]>(graph.nodes.map(node => [node.id, []]));
  for (const [from, to] of graph.edges) {
    down.get(from)?.push(to);
    up.get(to)?.push(from);
  }
  return { up, down };
});

export const nodesById = remember(
  (graph: Graph): ReadonlyMap<string, GraphNode> =>
    new Map(graph.nodes.map(node => [node.id, node]))
);

export interface RunProgress {
  readonly done: number;
  readonly total: number;
}

export function runProgress(counts: TaskCounts): RunProgress {
  let done = 0;
  let total = 0;
  for (const state of TASK_STATES) {
    const count = counts[state] ?? 0;
    total += count;
    done += isTerminal(state) ? count : 0;
  }
  return { done, total };
}

export type StatusSummary =
  | { readonly kind: 'offline' }
  | { readonly kind: 'connecting' }
  | { readonly kind: 'engine-down' }
  | { readonly kind: 'engine-starting' }
  | { readonly kind: 'running'; readonly running: number; readonly queued: number };

/** What the status bar says, most urgent first. */
export function statusSummary(state: CoutureState): StatusSummary {
  if (state.connection.status === 'disconnected') {
    return { kind: 'offline' };
  }
  if (state.connection.status === 'connecting') {
    return { kind: 'connecting' };
  }
  if (state.engine === 'down') {
    return { kind: 'engine-down' };
  }
  if (state.engine === 'starting') {
    return { kind: 'engine-starting' };
  }
  return {
    kind: 'running',
    running: state.overview?.running_tasks ?? 0,
    queued: state.overview?.queued_tasks ?? 0
  };
}

/** The number of the newest change seen of any of the tasks. */
export const newestSeq = remember((tasks: ReadonlyMap<string, KnownTask>): number => {
  let newest = 0;
  for (const task of tasks.values()) {
    newest = Math.max(newest, task.seq);
  }
  return newest;
});
