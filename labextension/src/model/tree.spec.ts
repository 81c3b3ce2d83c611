import { describe, expect, it } from 'vitest';
import { graphOf } from '../testing/builders';
import { compactRows, rowKey, treeRows, treeShape, type TreeGraph, type TreeRow } from './tree';
import { INITIAL_TREE, allFolded, readTree, toggled, writeTree } from './treeSettings';
import type { GraphEdge } from './wire';

const OPEN = INITIAL_TREE.folds;

function rowsOf(
  graph: TreeGraph,
  folds = OPEN,
  removed: readonly string[] = []
): readonly TreeRow[] {
  return treeRows(treeShape(graph), removed, folds, 'Removed');
}

function outline(rows: readonly TreeRow[]): readonly string[] {
  return rows.map(row => {
    const mark = row.isOpen ? '-' : row.hasChildren ? '+' : '';
    return `${'  '.repeat(row.depth)}${row.label}${mark}${row.isRepeat ? ' (above)' : ''}`;
  });
}

/** Repeatable numbers in [0, 1). */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

function randomGraph(size: number, seed: number): TreeGraph {
  const roll = dice(seed);
  const ids = Array.from({ length: size }, (_, at) => `t${at}`);
  const edges = new Set<string>();
  ids.forEach((_, at) => {
    for (let count = Math.floor(roll() * 4); at > 0 && count > 0; count--) {
      edges.add(JSON.stringify([`t${Math.floor(roll() * at)}`, `t${at}`]));
    }
  });
  return graphOf(
    ids,
    [...edges].map(edge => JSON.parse(edge) as GraphEdge)
  );
}

/** What must hold for every tree. */
function check(graph: TreeGraph, rows: readonly TreeRow[]): void {
  expect(new Set(rows.map(row => row.key)).size).toBe(rows.length);
  const shape = treeShape(graph);
  rows.forEach((row, at) => {
    const above = rows[row.parent];
    expect(row.parent).toBeLessThan(at);
    expect(row.depth).toBe(above ? above.depth + 1 : 0);
    if (above) {
      expect(above.isOpen).toBe(true);
      expect(shape.children.get(above.id)).toContain(row.id);
    } else {
      expect(shape.roots).toContain(row.id);
    }
    if (row.isOpen) {
      const below = rows.filter(each => each.parent === at).map(each => each.id);
      expect(below).toEqual(shape.children.get(row.id));
    }
  });
}

describe('the tree of a DAG (S085)', () => {
  it('shows a task below each task it follows, in full the first time', () => {
    const diamond = graphOf(
      ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'],
      [
        ['a', 'b'],
        ['a', 'c'],
        ['b', 'd'],
        ['c', 'd'],
        ['d', 'e'],
        ['e', 'f'],
        ['f', 'g'],
        ['g', 'h'],
        ['h', 'i']
      ]
    );
    const rows = rowsOf(diamond);
    expect(outline(rows)).toEqual([
      'a-',
      '  b-',
      '    d-',
      '      e-',
      '        f-',
      '          g-',
      '            h-',
      '              i',
      '  c-',
      '    d+ (above)'
    ]);
    check(diamond, rows);
    const repeat = rows.at(-1)?.key ?? '';
    const unfolded = rowsOf(diamond, toggled(OPEN, repeat));
    expect(outline(unfolded).slice(9)).toEqual(['    d- (above)', '      e+ (above)']);
    check(diamond, unfolded);
  });

  it('shows what is small again in full', () => {
    const graph = graphOf(
      ['a', 'b', 'c', 'end'],
      [
        ['a', 'c'],
        ['b', 'c'],
        ['c', 'end']
      ]
    );
    expect(outline(rowsOf(graph))).toEqual([
      'a-',
      '  c-',
      '    end',
      'b-',
      '  c- (above)',
      '    end (above)'
    ]);
  });

  it('folds and unfolds without moving what else is open', () => {
    const graph = randomGraph(60, 5);
    const before = rowsOf(graph);
    for (const row of before.filter(each => each.hasChildren).slice(0, 12)) {
      const after = rowsOf(graph, toggled(OPEN, row.key));
      check(graph, after);
      const known = new Map(before.map(each => [each.key, each.isOpen]));
      for (const each of after) {
        if (each.key !== row.key && known.has(each.key)) {
          expect(each.isOpen).toBe(known.get(each.key));
        }
      }
      const again = rowsOf(graph, toggled(toggled(OPEN, row.key), row.key));
      expect(outline(again)).toEqual(outline(before));
    }
  });

  it.each([1, 2, 3, 4, 5, 6])('is right for any DAG (%i)', seed => {
    const graph = randomGraph(80, seed);
    const rows = rowsOf(graph);
    check(graph, rows);
    // Every task is there in full exactly once, every dependency at least once.
    for (const { id } of graph.nodes) {
      expect(rows.filter(row => row.id === id && !row.isRepeat)).toHaveLength(1);
    }
    const edges = new Set(rows.map(row => JSON.stringify([rows[row.parent]?.id, row.id])));
    for (const edge of graph.edges) {
      expect(edges.has(JSON.stringify(edge))).toBe(true);
    }
    expect(rows.length).toBeLessThanOrEqual(4 * (graph.edges.length + graph.nodes.length));
  });

  it('stays small where the number of ways doubles at every step', () => {
    const ids = ['s0'];
    const edges: GraphEdge[] = [];
    for (let step = 0; step < 60; step++) {
      ids.push(`l${step}`, `r${step}`, `s${step + 1}`);
      edges.push([`s${step}`, `l${step}`], [`s${step}`, `r${step}`]);
      edges.push([`l${step}`, `s${step + 1}`], [`r${step}`, `s${step + 1}`]);
    }
    const graph = graphOf(ids, edges);
    const rows = rowsOf(graph);
    expect(rows.length).toBeLessThan(4 * edges.length);
    check(graph, rows);
    expect(treeShape(graph).size.get('s0')).toBe(1_000_000);
  });

  it('takes a chain of 500 tasks and a fan of 2,000', () => {
    const chain = Array.from({ length: 500 }, (_, at) => `t${at}`);
    const links = chain.slice(1).map((id, at): GraphEdge => [`t${at}`, id]);
    const deep = rowsOf(graphOf(chain, links));
    expect(deep).toHaveLength(500);
    expect(deep.at(-1)?.depth).toBe(499);
    expect(Math.max(...deep.map(row => row.key.length))).toBeLessThan(16);
    const fan = Array.from({ length: 2000 }, (_, at) => `t${at}`);
    const wide = rowsOf(
      graphOf(
        fan,
        fan.slice(1).map((id): GraphEdge => ['t0', id])
      )
    );
    expect(wide).toHaveLength(2000);
    expect(wide.at(-1)).toMatchObject({ depth: 1, position: 1999, setSize: 1999 });
  });

  it('folds all, and keeps the tasks of older versions below a row of their own', () => {
    const graph = graphOf(['a', 'b'], [['a', 'b']]);
    expect(outline(rowsOf(graph, OPEN, ['old']))).toEqual(['a-', '  b', 'Removed-', '  old']);
    expect(outline(rowsOf(graph, allFolded(true), ['old']))).toEqual(['a+', 'Removed+']);
    expect(rowsOf(graphOf([], []))).toEqual([]);
  });
});

describe('each task once', () => {
  const graph = graphOf(
    ['load', 'x', 'y', 'start'],
    [
      ['start', 'x'],
      ['x', 'y'],
      ['y', 'load']
    ]
  );
  const grouped: TreeGraph = {
    ...graph,
    nodes: graph.nodes.map(node => ({
      ...node,
      group: node.id === 'x' ? 'in' : node.id === 'y' ? 'out' : null
    })),
    groups: [
      { id: 'out', label: 'Outer', parent: null, tooltip: '' },
      { id: 'in', label: 'Inner', parent: 'out', tooltip: '' }
    ]
  };

  it('comes after what it waits for, in any DAG', () => {
    for (let seed = 1; seed < 8; seed++) {
      const random = randomGraph(120, seed);
      const order = compactRows(treeShape(random), [], OPEN, '').map(row => row.id);
      expect([...order].sort()).toEqual(random.nodes.map(node => node.id).sort());
      for (const [from, to] of random.edges) {
        expect(order.indexOf(from)).toBeLessThan(order.indexOf(to));
      }
    }
  });

  it('has groups that fold, with the states of all tasks in them', () => {
    const rows = compactRows(treeShape(grouped), [], OPEN, '');
    expect(outline(rows)).toEqual(['start', 'Outer-', '  Inner-', '    x', '  y', 'load']);
    const [, outer] = rows;
    expect(outer).toMatchObject({ kind: 'group', taskIds: ['x', 'y'] });
    const folded = compactRows(treeShape(grouped), [], toggled(OPEN, outer?.key ?? ''), '');
    expect(outline(folded)).toEqual(['start', 'Outer+', 'load']);
  });
});

describe('what the layout keeps of the tree', () => {
  it('comes back as it was, and survives what it does not know', () => {
    const settings = {
      ...INITIAL_TREE,
      isCompact: true,
      runs: 100,
      before: '2026-01-31T12:00:59Z',
      runState: 'failed' as const,
      folds: toggled(allFolded(true), rowKey('tree', 'a'))
    };
    expect(readTree(writeTree(settings))).toEqual(settings);
    expect(readTree('{')).toEqual(INITIAL_TREE);
    expect(readTree('{"runs": 7, "before": "x", "runType": 3, "toggled": [1]}')).toEqual(
      INITIAL_TREE
    );
  });
});
