import { describe, expect, it } from 'vitest';
import { graphOf, makeGraph } from '../testing/builders';
import { computeLayout } from './computeLayout';
import { layeredLayout } from './layered';
import {
  layoutRequest,
  prefersLayered,
  rankNodes,
  smoothPath,
  type Direction,
  type GraphLayout
} from './layout';
import { nextTask } from './navigate';
import { neighbours } from './selectors';
import type { Graph } from './wire';

function box(layout: GraphLayout, id: string) {
  const found = layout.nodes.find(node => node.id === id);
  if (!found) {
    throw new Error(`no box for ${id}`);
  }
  return found;
}

function overlaps(layout: GraphLayout): boolean {
  const boxes = [...layout.nodes].sort((left, right) => left.x - right.x);
  return boxes.some((left, index) =>
    boxes
      .slice(index + 1)
      .some(
        right =>
          right.x < left.x + left.width &&
          right.y < left.y + left.height &&
          left.y < right.y + right.height
      )
  );
}

/** A graph as large as asked, edges only forward; the same every time. */
function pseudoRandomGraph(size: number): Graph {
  const ids = Array.from({ length: size }, (_, index) => `t${index}`);
  let seed = 7;
  const next = (below: number): number => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return seed % below;
  };
  const edges = ids.slice(10).map((id, index) => [`t${index + 10 - 1 - next(10)}`, id] as const);
  return graphOf(ids, edges);
}

describe.each<Direction>(['LR', 'TB'])('a layout %s', direction => {
  it.each([
    ['dagre', computeLayout],
    ['layered', layeredLayout]
  ] as const)('by %s draws siblings in the order of the author', (_name, method) => {
    const months = Array.from({ length: 12 }, (_, index) => `month_${index + 1}`);
    const graph = graphOf(
      ['check', ...months, 'combine'],
      months.flatMap(month => [['check', month] as const, [month, 'combine'] as const])
    );
    const layout = method(layoutRequest(graph, direction));
    const places = months.map(month => box(layout, month)[direction === 'LR' ? 'y' : 'x']);
    expect(places).toEqual([...places].sort((left, right) => left - right));
  });

  it.each([
    ['dagre', computeLayout],
    ['layered', layeredLayout]
  ] as const)(
    'by %s puts every task after its upstream tasks, without overlaps',
    (_name, method) => {
      const graph = makeGraph();
      const layout = method(layoutRequest(graph, direction));
      expect(layout.nodes).toHaveLength(4);
      expect(layout.edges.map(edge => [edge.from, edge.to])).toEqual(graph.edges);
      for (const [from, to] of graph.edges) {
        const [tail, head] = [box(layout, from), box(layout, to)];
        expect(direction === 'LR' ? tail.x + tail.width : tail.y + tail.height).toBeLessThan(
          direction === 'LR' ? head.x : head.y
        );
      }
      expect(overlaps(layout)).toBe(false);
      for (const node of layout.nodes) {
        expect(node.x).toBeGreaterThanOrEqual(0);
        expect(node.x + node.width).toBeLessThanOrEqual(layout.width);
        expect(node.y + node.height).toBeLessThanOrEqual(layout.height);
      }
    }
  );
});

describe('very large and very wide graphs', () => {
  it('are laid out layered, ten thousand tasks in seconds at most', () => {
    const request = layoutRequest(pseudoRandomGraph(10_000), 'LR');
    expect(prefersLayered(request)).toBe(true);
    const before = performance.now();
    const layout = computeLayout(request);
    expect(performance.now() - before).toBeLessThan(6000);
    expect(layout.nodes).toHaveLength(10_000);
  });

  it('fold a fan of a thousand tasks into a block', () => {
    const parts = Array.from({ length: 1000 }, (_, index) => `part${index}`);
    const edges = parts.flatMap(id => [['start', id] as const, [id, 'end'] as const]);
    const layout = computeLayout(layoutRequest(graphOf(['start', ...parts, 'end'], edges), 'LR'));
    expect(layout.height).toBeLessThan(2 * layout.width);
    expect(overlaps(layout)).toBe(false);
  });
});

describe('ranks', () => {
  it('follow the longest path and end even on a cycle', () => {
    const long = graphOf(
      ['a', 'b', 'c'],
      [
        ['a', 'b'],
        ['b', 'c'],
        ['a', 'c']
      ]
    );
    expect(rankNodes(layoutRequest(long, 'LR'))).toEqual([['a'], ['b'], ['c']]);
    const cyclic = graphOf(
      ['a', 'b'],
      [
        ['a', 'b'],
        ['b', 'a']
      ]
    );
    expect(rankNodes(layoutRequest(cyclic, 'LR')).flat().sort()).toEqual(['a', 'b']);
  });

  it('of an empty graph are none', () => {
    expect(computeLayout(layoutRequest(graphOf([], []), 'LR')).nodes).toEqual([]);
  });
});

describe('a smooth path', () => {
  it('starts and ends at its points', () => {
    const points = [
      { x: 0, y: 0 },
      { x: 10, y: 20 }
    ];
    expect(smoothPath(points, 'LR')).toBe('M0,0C5,0,5,20,10,20');
    expect(smoothPath(points, 'TB')).toBe('M0,0C0,10,10,10,10,20');
    expect(smoothPath([], 'LR')).toBe('');
  });
});

describe('arrow keys', () => {
  const graph = makeGraph();
  const layout = computeLayout(layoutRequest(graph, 'LR'));
  const go = (from: string | null, arrow: 'ArrowRight' | 'ArrowLeft' | 'ArrowDown' | 'ArrowUp') =>
    nextTask(layout, neighbours(graph), from, arrow);

  it('follow the edges and reach siblings', () => {
    expect(go(null, 'ArrowRight')).toBe('extract');
    const middle = go('extract', 'ArrowRight');
    expect(['clean', 'check']).toContain(middle);
    expect(go(middle, 'ArrowRight')).toBe('load');
    expect(go(middle, 'ArrowLeft')).toBe('extract');
    const siblings = [go('clean', 'ArrowDown'), go('check', 'ArrowDown')];
    expect(siblings.includes('clean') || siblings.includes('check')).toBe(true);
    expect(go('load', 'ArrowRight')).toBeNull();
  });
});
