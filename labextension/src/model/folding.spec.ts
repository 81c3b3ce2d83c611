import { describe, expect, it } from 'vitest';
import { graphOf, makeKnownTask } from '../testing/builders';
import { computeLayout } from './computeLayout';
import { foldGraph, groupsAround, startsFolded } from './folding';
import { groupBox, groupOfBox } from './groupBox';
import { drawnTasks } from './groupStates';
import { layoutRequest, type NodeBox } from './layout';
import type { Graph, TaskState } from './wire';

/** start -> load(read -> check(types, ranges)) -> end, and start -> end */
function grouped(): Graph {
  const graph = graphOf(
    ['start', 'load.read', 'load.check.types', 'load.check.ranges', 'end'],
    [
      ['start', 'load.read'],
      ['load.read', 'load.check.types'],
      ['load.read', 'load.check.ranges'],
      ['load.check.types', 'end'],
      ['load.check.ranges', 'end'],
      ['start', 'end']
    ]
  );
  const groups: Readonly<Record<string, string>> = {
    'load.read': 'load',
    'load.check.types': 'load.check',
    'load.check.ranges': 'load.check'
  };
  return {
    ...graph,
    nodes: graph.nodes.map(node => ({ ...node, group: groups[node.id] ?? null })),
    groups: [
      { id: 'load', label: 'load', parent: null, tooltip: '' },
      { id: 'load.check', label: 'check', parent: 'load', tooltip: 'both' }
    ]
  };
}

function fold(...ids: string[]) {
  return foldGraph(grouped(), new Set(ids));
}

describe('a graph with folded groups', () => {
  it('is the graph itself while nothing is folded', () => {
    const drawn = fold();
    expect(drawn.nodes).toEqual(grouped().nodes);
    expect(drawn.edges).toEqual(grouped().edges);
    expect(drawn.groups.map(group => group.id)).toEqual(['load', 'load.check']);
  });

  it('has one box for a folded group, and its edges end there once', () => {
    const drawn = fold('load.check');
    expect(drawn.nodes.map(node => node.id)).toEqual([
      'start',
      'load.read',
      'group:load.check',
      'end'
    ]);
    expect(drawn.edges).toEqual([
      ['start', 'load.read'],
      ['load.read', 'group:load.check'],
      ['group:load.check', 'end'],
      ['start', 'end']
    ]);
    expect(drawn.groups.map(group => group.id)).toEqual(['load']);
    expect(drawn.members.get('group:load.check')).toEqual([
      'load.check.types',
      'load.check.ranges'
    ]);
  });

  it('hides an inner group in the outer one, folded or not', () => {
    for (const drawn of [fold('load'), fold('load', 'load.check')]) {
      expect(drawn.nodes.map(node => node.id)).toEqual(['start', 'group:load', 'end']);
      expect(drawn.edges).toEqual([
        ['start', 'group:load'],
        ['group:load', 'end'],
        ['start', 'end']
      ]);
      expect(drawn.groups).toEqual([]);
      expect(drawn.boxOf.get('load.check.types')).toBe('group:load');
    }
  });

  it('names the groups around a task from the inside out, and boxes after groups', () => {
    expect(groupsAround(grouped(), 'load.check').map(group => group.id)).toEqual([
      'load.check',
      'load'
    ]);
    expect(groupsAround(grouped(), null)).toEqual([]);
    expect(groupOfBox(groupBox('load'))).toBe('load');
    expect(groupOfBox('load')).toBeNull();
  });

  it('starts folded only where it is too large to be read', () => {
    expect(startsFolded(grouped())).toEqual([]);
    const large = {
      ...grouped(),
      nodes: Array.from({ length: 400 }, () => grouped().nodes).flat()
    };
    expect(startsFolded(large)).toEqual(['load', 'load.check']);
  });
});

describe('the layout of groups', () => {
  function inside(inner: NodeBox, outer: NodeBox): boolean {
    return (
      inner.x >= outer.x &&
      inner.y >= outer.y &&
      inner.x + inner.width <= outer.x + outer.width &&
      inner.y + inner.height <= outer.y + outer.height
    );
  }

  it.each(['LR', 'TB'] as const)('puts a frame around all of an open group, %s', direction => {
    const layout = computeLayout(layoutRequest(fold(), direction));
    const box = (id: string): NodeBox => {
      const found = [...layout.nodes, ...layout.groups].find(each => each.id === id);
      if (!found) {
        throw new Error(`no box for ${id}`);
      }
      return found;
    };
    const inLoad = ['load.read', 'load.check.types', 'load.check.ranges', 'load.check'];
    expect(inLoad.every(id => inside(box(id), box('load')))).toBe(true);
    expect(inside(box('load.check.types'), box('load.check'))).toBe(true);
    expect(inside(box('load.read'), box('load.check'))).toBe(false);
    expect(inside(box('start'), box('load'))).toBe(false);
    expect(inside(box('end'), box('load'))).toBe(false);
    for (const frame of layout.groups) {
      expect(frame.x).toBeGreaterThanOrEqual(0);
      expect(frame.y).toBeGreaterThanOrEqual(0);
      expect(frame.x + frame.width).toBeLessThanOrEqual(layout.width);
      expect(frame.y + frame.height).toBeLessThanOrEqual(layout.height);
    }
  });

  it('comes to an end where folding makes a cycle', () => {
    const graph = graphOf(
      ['a', 'x', 'b', 'c'],
      [
        ['a', 'x'],
        ['x', 'b'],
        ['b', 'c']
      ]
    );
    const nodes = graph.nodes.map(node => ({
      ...node,
      group: node.id === 'a' || node.id === 'b' ? 'g' : null
    }));
    const groups = [{ id: 'g', label: 'g', parent: null, tooltip: '' }];
    const drawn = foldGraph({ ...graph, nodes, groups }, new Set(['g']));
    expect(drawn.edges).toHaveLength(3);
    const layout = computeLayout(layoutRequest(drawn, 'LR'));
    expect(layout.nodes).toHaveLength(3);
    expect(layout.edges.every(edge => edge.path !== '')).toBe(true);
  });
});

describe('the states of a folded group', () => {
  function tasks(...states: (TaskState | null)[]) {
    const ids = ['load.read', 'load.check.types', 'load.check.ranges'];
    return new Map(
      states.flatMap((state, at) => {
        const id = ids[at] as string;
        return state ? [[id, makeKnownTask({ task_id: id, state })] as const] : [];
      })
    );
  }

  it('are counted, and the worst one is its own', () => {
    const shown = drawnTasks(fold('load'), tasks('success', 'failed', 'success')).get('group:load');
    expect(shown?.state).toBe('failed');
    expect(shown?.counts).toEqual({ success: 2, failed: 1 });
  });

  it('are the same object until a number changes', () => {
    const drawn = fold('load');
    const before = tasks('success', 'running', null);
    const first = drawnTasks(drawn, before).get('group:load');
    const second = drawnTasks(drawn, new Map(before)).get('group:load');
    expect(second).toBe(first);
    const running = before.get('load.check.types') as ReturnType<typeof makeKnownTask>;
    const third = drawnTasks(
      drawn,
      new Map([...before, ['load.read', makeKnownTask({ task_id: 'load.read', state: 'failed' })]])
    ).get('group:load');
    expect(third).not.toBe(first);
    expect(running.state).toBe('running');
  });

  it('are none without a run', () => {
    expect(drawnTasks(fold('load'), new Map()).get('group:load')).toBeUndefined();
  });
});
