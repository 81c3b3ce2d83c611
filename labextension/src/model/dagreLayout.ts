/**
 * Layout by dagre. Only the worker (and tests) import this module: dagre is 17 KB gzipped.
 *
 * `tight-tree` ranking: dagre's default, `network-simplex`, needs half a minute for two thousand tasks.
 */
import { Graph, layout } from '@dagrejs/dagre';
import { groupBox } from './groupBox';
import {
  MARGIN,
  NODE_GAP,
  NODE_HEIGHT,
  RANK_GAP,
  rankNodes,
  smoothPath,
  type GraphLayout,
  type LayoutRequest,
  type Point
} from './layout';

/** Room between boxes where frames with titles go around some of them. */
const GROUPED_GAP = 26;

export function dagreLayout(request: LayoutRequest): GraphLayout {
  const hasGroups = request.groups.length > 0;
  const graph = new Graph({ multigraph: false, compound: hasGroups });
  graph.setGraph({
    rankdir: request.direction,
    ranker: 'tight-tree',
    nodesep: hasGroups ? GROUPED_GAP : NODE_GAP,
    edgesep: hasGroups ? GROUPED_GAP : NODE_GAP / 2,
    ranksep: RANK_GAP,
    marginx: MARGIN,
    marginy: MARGIN
  });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const node of request.nodes) {
    graph.setNode(node.id, { width: node.width, height: NODE_HEIGHT });
  }
  const known = new Set(request.groups.map(({ id }) => groupBox(id)));
  const put = (id: string, group: string | null): void => {
    if (group !== null && known.has(groupBox(group))) {
      graph.setParent(id, groupBox(group));
    }
  };
  for (const { id } of request.groups) {
    graph.setNode(groupBox(id), {});
  }
  request.groups.forEach(({ id, parent }) => put(groupBox(id), parent));
  request.nodes.forEach(({ id, group }) => put(id, group));
  for (const [from, to] of request.edges) {
    graph.setEdge(from, to);
  }
  layout(graph);
  const size = graph.graph();
  if (isReversed(graph, request)) {
    reverse(graph, request);
  }
  return {
    direction: request.direction,
    width: size.width ?? 2 * MARGIN,
    height: size.height ?? 2 * MARGIN,
    nodes: request.nodes.map(({ id, width }) => {
      const { x, y } = graph.node(id);
      return {
        id,
        x: Math.round((x ?? 0) - width / 2),
        y: Math.round((y ?? 0) - NODE_HEIGHT / 2),
        width,
        height: NODE_HEIGHT
      };
    }),
    edges: request.edges.map(([from, to]) => {
      const points: readonly Point[] = graph.edge(from, to).points ?? [];
      return {
        from,
        to,
        path: smoothPath(anchored(points, graph, from, to, request), request.direction)
      };
    }),
    groups: request.groups.map(({ id }) => {
      const { x = 0, y = 0, width = 0, height = 0 } = graph.node(groupBox(id));
      return {
        id,
        x: Math.round(x - width / 2),
        y: Math.round(y - height / 2),
        width: Math.round(width),
        height: Math.round(height)
      };
    })
  };
}

/** Dagre may draw siblings in either order; the author's reads better, as in months from January on. */
function isReversed(graph: Graph, request: LayoutRequest): boolean {
  const across = (id: string | undefined): number =>
    (id === undefined ? 0 : graph.node(id)[request.direction === 'LR' ? 'y' : 'x']) ?? 0;
  let kept = 0;
  for (const rank of rankNodes(request)) {
    for (let at = 1; at < rank.length; at += 1) {
      kept += Math.sign(across(rank[at]) - across(rank[at - 1]));
    }
  }
  return kept < 0;
}

/** Mirrors the picture across its main direction. */
function reverse(graph: Graph, request: LayoutRequest): void {
  const { width = 0, height = 0 } = graph.graph();
  const flip = (point: { x?: number; y?: number }): void => {
    if (request.direction === 'LR') {
      point.y = height - (point.y ?? 0);
    } else {
      point.x = width - (point.x ?? 0);
    }
  };
  request.nodes.forEach(({ id }) => flip(graph.node(id)));
  request.groups.forEach(({ id }) => flip(graph.node(groupBox(id))));
  request.edges.forEach(([from, to]) => graph.edge(from, to).points?.forEach(flip));
}

/** Dagre ends lines where they cross the box; ours end at the middle of the side, so they meet. */
function anchored(
  points: readonly Point[],
  graph: Graph,
  from: string,
  to: string,
  request: LayoutRequest
): readonly Point[] {
  const tail = graph.node(from);
  const head = graph.node(to);
  const inner = points.slice(1, -1);
  const at = (node: typeof tail, side: 1 | -1): Point =>
    request.direction === 'LR'
      ? { x: (node.x ?? 0) + (side * (node.width ?? 0)) / 2, y: node.y ?? 0 }
      : { x: node.x ?? 0, y: (node.y ?? 0) + (side * (node.height ?? 0)) / 2 };
  // A short edge has one inner point half way; without it the curve is the same and the path shorter.
  return [at(tail, 1), ...(inner.length > 1 ? inner : []), at(head, -1)];
}
