/**
 * What of a graph is drawn when task groups are folded.
 *
 * A folded group becomes one box that stands for everything in it; edges that ended inside end at the box, and
 * edges that would lie wholly inside are left out. Groups that stay open are drawn as frames.
 */
import { groupBox } from './groupBox';
import { DAGRE_LIMIT } from './layout';
import { remember } from './selectors';
import type { Graph, GraphEdge, GraphGroup, GraphNode } from './wire';

export interface DrawnGraph extends Graph {
  /** The open groups only. */
  readonly groups: readonly GraphGroup[];
  /** The tasks behind each box of a folded group, by the id of the box. */
  readonly members: ReadonlyMap<string, readonly string[]>;
  /** The box in whose place a hidden task is, by task id. */
  readonly boxOf: ReadonlyMap<string, string>;
}

export const groupsById = remember(
  (graph: Graph): ReadonlyMap<string, GraphGroup> =>
    new Map(graph.groups.map(group => [group.id, group]))
);

/** The groups around something in `group`, the innermost first. */
export function groupsAround(graph: Graph, group: string | null): readonly GraphGroup[] {
  const known = groupsById(graph);
  const found: GraphGroup[] = [];
  let at = group === null ? undefined : known.get(group);
  while (at && !found.includes(at)) {
    found.push(at);
    at = at.parent === null ? undefined : known.get(at.parent);
  }
  return found;
}

/** The groups that start folded: those of a graph too large to be read as a whole. */
export function startsFolded(graph: Graph): readonly string[] {
  return graph.nodes.length > DAGRE_LIMIT ? graph.groups.map(group => group.id) : [];
}

function boxNode(group: GraphGroup): GraphNode {
  return {
    id: groupBox(group.id),
    operator: '',
    kind: 'empty',
    label: group.label,
    group: group.parent,
    description: group.tooltip,
    trigger_rule: '',
    retries: 0,
    missing: null,
    is_mapped: false,
    child_dag: null
  };
}

export function foldGraph(graph: Graph, folded: ReadonlySet<string>): DrawnGraph {
  const members = new Map<string, string[]>();
  const boxOf = new Map<string, string>();
  const nodes: GraphNode[] = [];
  const open = new Set<string>();
  for (const node of graph.nodes) {
    const around = groupsAround(graph, node.group);
    const hiding = around.filter(group => folded.has(group.id)).at(-1);
    const shown = hiding ? around.slice(around.indexOf(hiding) + 1) : around;
    shown.forEach(group => open.add(group.id));
    if (!hiding) {
      nodes.push(node);
      continue;
    }
    const box = groupBox(hiding.id);
    boxOf.set(node.id, box);
    const inside = members.get(box);
    if (inside) {
      inside.push(node.id);
    } else {
      members.set(box, [node.id]);
      nodes.push(boxNode(hiding));
    }
  }
  return {
    ...graph,
    nodes,
    edges: members.size === 0 ? graph.edges : rerouted(graph.edges, boxOf),
    groups: graph.groups.filter(group => open.has(group.id)),
    members,
    boxOf
  };
}

function rerouted(
  edges: readonly GraphEdge[],
  boxOf: ReadonlyMap<string, string>
): readonly GraphEdge[] {
  const seen = new Set<string>();
  return edges.flatMap(([from, to]) => {
    const edge = [boxOf.get(from) ?? from, boxOf.get(to) ?? to] as const;
    const key = JSON.stringify(edge);
    if (edge[0] === edge[1] || seen.has(key)) {
      return [];
    }
    seen.add(key);
    return [edge];
  });
}
