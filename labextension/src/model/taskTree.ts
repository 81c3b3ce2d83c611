/** The graph as lines of text: groups before what lies in them, in the order of the file. */
import { groupsAround } from './folding';
import { runProgress, worst, type NodeTask } from './selectors';
import type { Graph, GraphGroup, GraphNode, TaskCounts, TaskState } from './wire';

interface TreeLine {
  readonly id: string;
  /** From 1. */
  readonly level: number;
  /** The group that the line lies in; null at the top. */
  readonly parent: string | null;
}

export type TreeRow =
  | (TreeLine & { readonly type: 'task'; readonly node: GraphNode })
  | (TreeLine & {
      readonly type: 'group';
      readonly group: GraphGroup;
      readonly isOpen: boolean;
      readonly state: TaskState;
      readonly done: number;
      readonly total: number;
    });

/** Lines for every task that `isShown`, with the groups around it; nothing of what a folded group holds. */
export function taskTree(
  graph: Graph,
  tasks: ReadonlyMap<string, NodeTask>,
  folded: ReadonlySet<string>,
  isShown: (node: GraphNode) => boolean
): readonly TreeRow[] {
  const inside = new Map<string, NodeTask[]>();
  const sizes = new Map<string, number>();
  for (const node of graph.nodes) {
    const task = tasks.get(node.id);
    for (const group of groupsAround(graph, node.group)) {
      sizes.set(group.id, (sizes.get(group.id) ?? 0) + 1);
      if (task) {
        const members = inside.get(group.id);
        if (members) {
          members.push(task);
        } else {
          inside.set(group.id, [task]);
        }
      }
    }
  }
  const rows: TreeRow[] = [];
  const said = new Set<string>();
  for (const section of sections(graph)) {
    if (!isShown(section)) {
      continue;
    }
    const around = [...groupsAround(graph, section.group)].reverse();
    let isHidden = false;
    around.forEach((group, depth) => {
      if (!isHidden && !said.has(group.id)) {
        said.add(group.id);
        const members = inside.get(group.id) ?? [];
        rows.push({
          type: 'group',
          id: group.id,
          level: depth + 1,
          parent: group.parent,
          group,
          isOpen: !folded.has(group.id),
          state: worst(members)?.state ?? 'none',
          done: runProgress(countOf(members)).done,
          total: sizes.get(group.id) ?? 0
        });
      }
      isHidden ||= folded.has(group.id);
    });
    if (!isHidden) {
      rows.push({
        type: 'task',
        id: section.id,
        level: around.length + 1,
        parent: section.group,
        node: section
      });
    }
  }
  return rows;
}

function countOf(tasks: readonly NodeTask[]): TaskCounts {
  const counts: Partial<Record<TaskState, number>> = {};
  for (const { state } of tasks) {
    counts[state] = (counts[state] ?? 0) + 1;
  }
  return counts;
}

/** The tasks with those of one group together, in the place of the group's first one. */
function sections(graph: Graph): readonly GraphNode[] {
  const place = new Map<string, number>();
  graph.nodes.forEach((node, index) => {
    for (const group of groupsAround(graph, node.group)) {
      if (!place.has(group.id)) {
        place.set(group.id, index);
      }
    }
  });
  const keys = new Map(
    graph.nodes.map((node, index) => [
      node.id,
      [
        ...[...groupsAround(graph, node.group)].reverse().map(group => place.get(group.id) ?? 0),
        index
      ]
    ])
  );
  const compare = (one: readonly number[], other: readonly number[]): number => {
    for (let depth = 0; depth < Math.min(one.length, other.length); depth += 1) {
      const difference = (one[depth] ?? 0) - (other[depth] ?? 0);
      if (difference !== 0) {
        return difference;
      }
    }
    return one.length - other.length;
  };
  return [...graph.nodes].sort((one, other) =>
    compare(keys.get(one.id) ?? [], keys.get(other.id) ?? [])
  );
}
