/**
 * A layered layout in linear time, for graphs where dagre would take seconds.
 *
 * Ranks by longest path, order inside a rank by the mean place of the neighbours (two sweeps down and up),
 * ranks with many tasks folded into a block of columns so that a fan of a thousand tasks stays a picture
 * with a sane aspect. Long edges are drawn as one curve and may pass behind boxes; dagre's do not.
 */
import {
  MARGIN,
  NODE_GAP,
  NODE_HEIGHT,
  RANK_GAP,
  WIDE_RANK,
  rankNodes,
  smoothPath,
  type GraphLayout,
  type LayoutRequest,
  type NodeBox
} from './layout';

type Adjacent = ReadonlyMap<string, readonly string[]>;

function adjacency(request: LayoutRequest, side: 'up' | 'down'): Adjacent {
  const result = new Map<string, string[]>(request.nodes.map(node => [node.id, []]));
  for (const [from, to] of request.edges) {
    const [key, value] = side === 'down' ? [from, to] : [to, from];
    if (result.has(value)) {
      result.get(key)?.push(value);
    }
  }
  return result;
}

function sweep(ranks: readonly string[][], adjacent: Adjacent, place: Map<string, number>): void {
  for (const rank of ranks) {
    const wanted = new Map<string, number>();
    rank.forEach((id, index) => {
      const others = adjacent.get(id) ?? [];
      const sum = others.reduce((total, other) => total + (place.get(other) ?? 0), 0);
      wanted.set(id, others.length > 0 ? sum / others.length : index / Math.max(1, rank.length));
    });
    rank.sort((left, right) => (wanted.get(left) ?? 0) - (wanted.get(right) ?? 0));
    rank.forEach((id, index) => place.set(id, (index + 0.5) / rank.length));
  }
}

/** Order inside the ranks, with places as fractions so ranks of different size compare. */
function orderRanks(request: LayoutRequest): readonly (readonly string[])[] {
  const ranks = rankNodes(request).map(rank => [...rank]);
  const place = new Map<string, number>();
  for (const rank of ranks) {
    rank.forEach((id, index) => place.set(id, (index + 0.5) / rank.length));
  }
  const up = adjacency(request, 'up');
  const down = adjacency(request, 'down');
  for (let round = 0; round < 2; round += 1) {
    sweep(ranks, up, place);
    sweep([...ranks].reverse(), down, place);
  }
  return ranks;
}

interface Slot {
  readonly id: string;
  readonly along: number;
  readonly across: number;
}

/** How many boxes stand side by side in one rank: a block about twice as long as wide. */
function rowsOf(count: number): number {
  return count <= WIDE_RANK ? count : Math.max(WIDE_RANK, Math.ceil(Math.sqrt(count * 5)));
}

export function layeredLayout(request: LayoutRequest): GraphLayout {
  const isAcross = request.direction === 'LR';
  const widths = new Map(request.nodes.map(node => [node.id, node.width]));
  const widest = (ids: readonly string[]): number =>
    ids.reduce((most, id) => Math.max(most, widths.get(id) ?? 0), 0);
  const slots: Slot[] = [];
  const spans: number[] = [];
  let along = MARGIN;
  for (const rank of orderRanks(request)) {
    const rows = rowsOf(rank.length);
    const rankSlots: number[] = [];
    const cell = isAcross ? NODE_HEIGHT + NODE_GAP : widest(rank) + NODE_GAP;
    for (let start = 0; start < rank.length; start += rows) {
      const column = rank.slice(start, start + rows);
      column.forEach((id, row) => slots.push({ id, along, across: row * cell }));
      column.forEach(() => rankSlots.push(column.length * cell));
      along += (isAcross ? widest(column) : NODE_HEIGHT) + NODE_GAP;
    }
    spans.push(...rankSlots);
    along += RANK_GAP - NODE_GAP;
  }
  const breadth = spans.reduce((most, span) => Math.max(most, span), 0);
  const nodes: NodeBox[] = slots.map((slot, index) => {
    const across = MARGIN + slot.across + (breadth - (spans[index] ?? 0)) / 2;
    return {
      id: slot.id,
      x: isAcross ? slot.along : across,
      y: isAcross ? across : slot.along,
      width: widths.get(slot.id) ?? 0,
      height: NODE_HEIGHT
    };
  });
  const length = along - RANK_GAP + MARGIN;
  return {
    direction: request.direction,
    width: isAcross ? length : breadth + 2 * MARGIN,
    height: isAcross ? breadth + 2 * MARGIN : length,
    nodes,
    edges: connect(request, nodes),
    // The boxes of a group need not stand together here, so there is nothing that a frame could go around.
    groups: []
  };
}

function connect(request: LayoutRequest, nodes: readonly NodeBox[]): GraphLayout['edges'] {
  const boxes = new Map(nodes.map(box => [box.id, box]));
  return request.edges.flatMap(([from, to]) => {
    const tail = boxes.get(from);
    const head = boxes.get(to);
    if (!tail || !head) {
      return [];
    }
    const points =
      request.direction === 'LR'
        ? [
            { x: tail.x + tail.width, y: tail.y + tail.height / 2 },
            { x: head.x, y: head.y + head.height / 2 }
          ]
        : [
            { x: tail.x + tail.width / 2, y: tail.y + tail.height },
            { x: head.x + head.width / 2, y: head.y }
          ];
    return [{ from, to, path: smoothPath(points, request.direction) }];
  });
}
