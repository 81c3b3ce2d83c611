/**
 * The rows of the tree view: the tree of all ways through a DAG, or each task once.
 *
 * A task that is reached in several ways stands below each of the tasks before it. Unfolded without end such a tree grows
 * exponentially, so what was shown in full above is folded where it comes again, unless it is small. Which place is "the
 * one above" depends on the DAG alone and not on what is folded: folding one row never unfolds another.
 */
import type { Graph, GraphNode } from './wire';

/** Descendants up to which a repeated task is shown with what follows it. */
const SMALL = 3;
const COUNTED = 1_000_000;

/** What of a graph makes the rows. */
export type TreeGraph = Pick<Graph, 'nodes' | 'edges' | 'groups'>;

export interface Folds {
  /** Everything is folded, unless said otherwise. */
  readonly isFolded: boolean;
  /** Keys of rows that are not as they are by default. */
  readonly toggled: ReadonlySet<string>;
}

export interface TreeRow {
  /** Names the place in the tree, also after a reload. */
  readonly key: string;
  readonly kind: 'task' | 'group' | 'removed';
  /** Of a group: its id. */
  readonly id: string;
  readonly label: string;
  readonly node: GraphNode | null;
  /** The tasks whose states the row shows: itself, or those of the group. */
  readonly taskIds: readonly string[];
  readonly depth: number;
  /** Index of the row above it in the tree, -1 for a root. */
  readonly parent: number;
  readonly hasChildren: boolean;
  readonly isOpen: boolean;
  /** Stands in full further up. */
  readonly isRepeat: boolean;
  readonly position: number;
  readonly setSize: number;
}

export interface TreeShape {
  readonly graph: TreeGraph;
  readonly nodes: ReadonlyMap<string, GraphNode>;
  readonly roots: readonly string[];
  readonly children: ReadonlyMap<string, readonly string[]>;
  /** The task below which each one stands in full; null for a root. */
  readonly home: ReadonlyMap<string, string | null>;
  /** Rows of the unfolded tree below and with each task, counted up to a million. */
  readonly size: ReadonlyMap<string, number>;
  /** Each task once, none before what it waits for. */
  readonly order: readonly string[];
}

export function treeShape(graph: TreeGraph): TreeShape {
  const children = new Map<string, string[]>(graph.nodes.map(node => [node.id, []]));
  const waitsFor = new Map<string, number>(graph.nodes.map(node => [node.id, 0]));
  for (const [from, to] of graph.edges) {
    children.get(from)?.push(to);
    waitsFor.set(to, (waitsFor.get(to) ?? 0) + 1);
  }
  const place = new Map(graph.nodes.map((node, at) => [node.id, at]));
  for (const below of children.values()) {
    below.sort((one, other) => (place.get(one) ?? 0) - (place.get(other) ?? 0));
  }
  const roots = graph.nodes.filter(node => waitsFor.get(node.id) === 0).map(node => node.id);
  const order = inOrder(graph, children, waitsFor);
  return {
    graph,
    nodes: new Map(graph.nodes.map(node => [node.id, node])),
    roots,
    children,
    home: homes(roots, children),
    size: sizes(order, children),
    order
  };
}

/** By distance from the start, and there in the order of the file. */
function inOrder(
  graph: TreeGraph,
  children: ReadonlyMap<string, readonly string[]>,
  waitsFor: ReadonlyMap<string, number>
): readonly string[] {
  const left = new Map(waitsFor);
  const order: string[] = [];
  let level = graph.nodes.filter(node => left.get(node.id) === 0).map(node => node.id);
  const place = new Map(graph.nodes.map((node, at) => [node.id, at]));
  while (level.length > 0) {
    order.push(...level);
    const next: string[] = [];
    for (const task of level) {
      for (const child of children.get(task) ?? []) {
        const open = (left.get(child) ?? 0) - 1;
        left.set(child, open);
        if (open === 0) {
          next.push(child);
        }
      }
    }
    level = next.sort((one, other) => (place.get(one) ?? 0) - (place.get(other) ?? 0));
  }
  return order;
}

function homes(
  roots: readonly string[],
  children: ReadonlyMap<string, readonly string[]>
): ReadonlyMap<string, string | null> {
  const home = new Map<string, string | null>();
  const ahead: [string, string | null][] = [...roots].reverse().map(root => [root, null]);
  for (let next = ahead.pop(); next; next = ahead.pop()) {
    const [task, parent] = next;
    if (!home.has(task)) {
      home.set(task, parent);
      for (const child of [...(children.get(task) ?? [])].reverse()) {
        ahead.push([child, task]);
      }
    }
  }
  return home;
}

function sizes(
  order: readonly string[],
  children: ReadonlyMap<string, readonly string[]>
): ReadonlyMap<string, number> {
  const size = new Map<string, number>();
  for (const task of [...order].reverse()) {
    const below = (children.get(task) ?? []).reduce(
      (sum, child) => sum + (size.get(child) ?? 0),
      0
    );
    size.set(task, Math.min(COUNTED, 1 + below));
  }
  return size;
}

/** A short name for a place in the tree: 64 bits over the way to it, so that long ways stay short. */
export function rowKey(parent: string, id: string): string {
  let one = 0x811c9dc5;
  let other = 0x41c6ce57;
  const text = `${parent}/${id}`;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    one = Math.imul(one ^ code, 0x01000193);
    other = Math.imul(other ^ code, 0x5bd1e995) ^ (other >>> 15);
  }
  return `${(one >>> 0).toString(36)}.${(other >>> 0).toString(36)}`;
}

interface Waiting {
  readonly task: string;
  readonly parentKey: string;
  readonly parent: number;
  readonly isParentHome: boolean;
  readonly parentTask: string | null;
  readonly depth: number;
  readonly position: number;
  readonly setSize: number;
}

/** The rows of the true tree, from the tasks that wait for none downstream. */
export function treeRows(
  shape: TreeShape,
  removed: readonly string[],
  folds: Folds,
  removedLabel: string
): readonly TreeRow[] {
  const rows: TreeRow[] = [];
  const ahead: Waiting[] = [];
  const push = (tasks: readonly string[], from: Omit<Waiting, 'task' | 'position' | 'setSize'>) => {
    for (let at = tasks.length - 1; at >= 0; at--) {
      ahead.push({ ...from, task: tasks[at] ?? '', position: at + 1, setSize: tasks.length });
    }
  };
  push(shape.roots, {
    parentKey: 'tree',
    parent: -1,
    isParentHome: true,
    parentTask: null,
    depth: 0
  });
  for (let next = ahead.pop(); next; next = ahead.pop()) {
    const { task, parent, depth, position, setSize } = next;
    const key = rowKey(next.parentKey, task);
    const node = shape.nodes.get(task) ?? null;
    const below = shape.children.get(task) ?? [];
    const isHome = next.isParentHome && shape.home.get(task) === next.parentTask;
    const isSmall = (shape.size.get(task) ?? 1) - 1 <= SMALL;
    const isOpen =
      below.length > 0 && (!folds.isFolded && (isHome || isSmall)) !== folds.toggled.has(key);
    rows.push({
      key,
      kind: 'task',
      id: task,
      label: node?.label ?? task,
      node,
      taskIds: [task],
      depth,
      parent,
      hasChildren: below.length > 0,
      isOpen,
      isRepeat: !isHome,
      position,
      setSize
    });
    if (isOpen) {
      push(below, {
        parentKey: key,
        parent: rows.length - 1,
        isParentHome: isHome,
        parentTask: task,
        depth: depth + 1
      });
    }
  }
  return [...rows, ...removedRows(rows.length, removed, folds, removedLabel)];
}

/** Each task once, the tasks of a group below its row, in the order of the first of them. */
export function compactRows(
  shape: TreeShape,
  removed: readonly string[],
  folds: Folds,
  removedLabel: string
): readonly TreeRow[] {
  const groups = new Map(shape.graph.groups.map(group => [group.id, group]));
  const members = new Map<string | null, { readonly id: string; readonly isGroup: boolean }[]>();
  const tasksIn = new Map<string, string[]>();
  const put = (parent: string | null, id: string, isGroup: boolean): void => {
    const known = members.get(parent);
    if (known) {
      known.push({ id, isGroup });
    } else {
      members.set(parent, [{ id, isGroup }]);
    }
  };
  for (const task of shape.order) {
    const group = shape.nodes.get(task)?.group ?? null;
    let at = group !== null && groups.has(group) ? group : null;
    put(at, task, false);
    while (at !== null) {
      const known = tasksIn.get(at);
      const parent: string | null = groups.get(at)?.parent ?? null;
      if (known) {
        known.push(task);
      } else {
        tasksIn.set(at, [task]);
        put(parent, at, true);
      }
      at = parent;
    }
  }
  const rows: TreeRow[] = [];
  const add = (parentId: string | null, parent: number, depth: number): void => {
    const inside = members.get(parentId) ?? [];
    inside.forEach(({ id, isGroup }, at) => {
      const key = rowKey(isGroup ? 'group' : 'task', id);
      const isOpen = isGroup && !folds.isFolded !== folds.toggled.has(key);
      const node = isGroup ? null : (shape.nodes.get(id) ?? null);
      rows.push({
        key,
        kind: isGroup ? 'group' : 'task',
        id,
        label: (isGroup ? groups.get(id)?.label : node?.label) ?? id,
        node,
        taskIds: isGroup ? (tasksIn.get(id) ?? []) : [id],
        depth,
        parent,
        hasChildren: isGroup,
        isOpen,
        isRepeat: false,
        position: at + 1,
        setSize: inside.length
      });
      if (isOpen) {
        add(id, rows.length - 1, depth + 1);
      }
    });
  };
  add(null, -1, 0);
  return [...rows, ...removedRows(rows.length, removed, folds, removedLabel)];
}

/** The tasks of older runs, below a row of their own. */
function removedRows(
  at: number,
  removed: readonly string[],
  folds: Folds,
  label: string
): readonly TreeRow[] {
  if (removed.length === 0) {
    return [];
  }
  const key = rowKey('removed', '');
  const isOpen = !folds.isFolded !== folds.toggled.has(key);
  const head: TreeRow = {
    key,
    kind: 'removed',
    id: '',
    label,
    node: null,
    taskIds: removed,
    depth: 0,
    parent: -1,
    hasChildren: true,
    isOpen,
    isRepeat: false,
    position: 1,
    setSize: 1
  };
  const rows = removed.map((task, place): TreeRow => {
    return {
      ...head,
      key: rowKey(key, task),
      kind: 'task',
      id: task,
      label: task,
      taskIds: [task],
      depth: 1,
      parent: at,
      hasChildren: false,
      isOpen: false,
      position: place + 1,
      setSize: removed.length
    };
  });
  return isOpen ? [head, ...rows] : [head];
}
