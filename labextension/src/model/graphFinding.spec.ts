import { describe, expect, it } from 'vitest';
import { graphOf, makeGraph, makeKnownTask } from '../testing/builders';
import { reach } from './reach';
import { neighbours } from './selectors';
import { findTasks, nextPlace } from './taskSearch';
import { taskTree } from './taskTree';

describe('a search', () => {
  const { nodes } = makeGraph();

  it('finds parts of names in any case, in the order of the graph', () => {
    expect(findTasks(nodes, ' C ')).toEqual(['extract', 'clean', 'check']);
    expect(findTasks(nodes, 'PYTHONOP')).toHaveLength(4);
    expect(findTasks(nodes, 'nothing like it')).toEqual([]);
    expect(findTasks(nodes, '  ')).toEqual([]);
  });

  it('goes round in both directions', () => {
    expect([nextPlace(null, 3, 1), nextPlace(2, 3, 1), nextPlace(0, 3, -1)]).toEqual([0, 0, 2]);
    expect([nextPlace(null, 3, -1), nextPlace(null, 0, 1)]).toEqual([2, null]);
  });
});

describe('the reach of a task', () => {
  it('is all that it waits for and all that waits for it, and ends on a cycle', () => {
    const edges = neighbours(makeGraph());
    const found = reach(edges, 'clean');
    expect([[...found.up], [...found.down]]).toEqual([['extract'], ['load']]);
    expect(reach(edges, 'load').up.size).toBe(3);
    const cycle = neighbours(
      graphOf(
        ['a', 'b'],
        [
          ['a', 'b'],
          ['b', 'a']
        ]
      )
    );
    expect([...reach(cycle, 'a').down]).toEqual(['b']);
  });
});

describe('the graph as lines', () => {
  const base = graphOf(['first', 'g.one', 'between', 'g.deep.two'], []);
  const groups: Readonly<Record<string, string>> = { 'g.one': 'g', 'g.deep.two': 'g.deep' };
  const graph = {
    ...base,
    nodes: base.nodes.map(node => ({ ...node, group: groups[node.id] ?? null })),
    groups: [
      { id: 'g', label: 'g', parent: null, tooltip: '' },
      { id: 'g.deep', label: 'deep', parent: 'g', tooltip: '' }
    ]
  };
  const all = () => true;
  const lines = (folded: readonly string[], isShown: (node: { id: string }) => boolean = all) =>
    taskTree(graph, new Map(), new Set(folded), isShown).map(row => [row.id, row.level]);

  it('keeps a group together, indented', () => {
    expect(lines([])).toEqual([
      ['first', 1],
      ['g', 1],
      ['g.one', 2],
      ['g.deep', 2],
      ['g.deep.two', 3],
      ['between', 1]
    ]);
  });

  it('leaves out what is folded, and groups with nothing to show', () => {
    expect(lines(['g'])).toEqual([
      ['first', 1],
      ['g', 1],
      ['between', 1]
    ]);
    expect(lines(['g.deep'], node => node.id !== 'between')).toHaveLength(4);
    expect(lines([], node => node.id === 'first')).toEqual([['first', 1]]);
  });

  it('says of a group the worst state and how many of its tasks are done', () => {
    const tasks = new Map([
      ['g.one', makeKnownTask({ task_id: 'g.one', state: 'success' })],
      ['g.deep.two', makeKnownTask({ task_id: 'g.deep.two', state: 'running' })]
    ]);
    const [row] = taskTree(graph, tasks, new Set(['g']), all).filter(({ id }) => id === 'g');
    expect(row).toMatchObject({ state: 'running', done: 1, total: 2, isOpen: false });
  });
});
