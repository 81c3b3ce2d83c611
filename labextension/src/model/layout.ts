/**
 * Where the boxes and lines of a graph go.
 *
 * Two methods share these types: dagre for graphs it draws well (`dagreLayout.ts`), and an own linear pass
 * for very large or very wide ones (`layered.ts`). Both run in a worker. Positions are pixels at zoom 1,
 * the upper left corner is 0, 0.
 */
import { groupOfBox } from './groupBox';
import type { Graph, GraphEdge } from './wire';

export type Direction = 'LR' | 'TB';

export interface NodeBox {
  readonly id: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface EdgePath {
  readonly from: string;
  readonly to: string;
  /** The `d` of an SVG path. */
  readonly path: string;
}

/** The frame of an open group. */
export type GroupBox = NodeBox;

export interface GraphLayout {
  readonly direction: Direction;
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly NodeBox[];
  readonly edges: readonly EdgePath[];
  /** The outer ones before those inside of them. */
  readonly groups: readonly GroupBox[];
}

export interface LayoutNode {
  readonly id: string;
  readonly width: number;
  /** The open group that it lies in. */
  readonly group: string | null;
}

export interface LayoutGroup {
  readonly id: string;
  readonly parent: string | null;
}

/** What a layout needs to know; small enough to post to a worker. */
export interface LayoutRequest {
  readonly nodes: readonly LayoutNode[];
  readonly edges: readonly GraphEdge[];
  readonly groups: readonly LayoutGroup[];
  readonly direction: Direction;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

export const NODE_HEIGHT = 44;
export const NODE_GAP = 18;
export const RANK_GAP = 56;
export const MARGIN = 24;

/** Above this many tasks dagre takes too long. */
export const DAGRE_LIMIT = 1500;
/** A rank with more tasks than this is folded into several columns. */
export const WIDE_RANK = 40;

const CHARACTER_WIDTH = 7.6;
const PADDING = 50;
const MIN_WIDTH = 120;
const MAX_WIDTH = 280;
/** Room that a second sign beside the mark of the state takes. */
export const SIGN_WIDTH = 18;
/** Width of the box of a folded group: it tells the numbers of its tasks. */
const GROUP_WIDTH = 210;

/** Width of a box from its texts, without measuring: layouts must not depend on loaded fonts. */
export function nodeWidth(label: string, caption: string): number {
  const longest = Math.max(label.length * CHARACTER_WIDTH, caption.length * 6.2);
  return Math.ceil(Math.min(MAX_WIDTH, Math.max(MIN_WIDTH, longest + PADDING)));
}

/** How many characters of a label fit into a box. */
export function fittingCharacters(width: number): number {
  return Math.floor((width - PADDING) / CHARACTER_WIDTH + 0.01);
}

export function layoutRequest(graph: Graph, direction: Direction): LayoutRequest {
  return {
    nodes: graph.nodes.map(node => ({
      id: node.id,
      width:
        groupOfBox(node.id) === null
          ? nodeWidth(
              node.label,
              node.is_mapped ? `100 of 100 · ${node.operator}` : node.operator
            ) + (node.missing ? SIGN_WIDTH : 0)
          : Math.max(GROUP_WIDTH, nodeWidth(node.label, '')),
      group: node.group
    })),
    edges: graph.edges,
    groups: graph.groups.map(({ id, parent }) => ({ id, parent })),
    direction
  };
}

/** A smooth line through points that leaves and arrives along the main direction. */
export function smoothPath(points: readonly Point[], direction: Direction): string {
  const at = (value: number): string => String(Math.round(value * 10) / 10);
  const [first, ...rest] = points;
  if (!first) {
    return '';
  }
  let path = `M${at(first.x)},${at(first.y)}`;
  let before = first;
  for (const point of rest) {
    if (direction === 'LR') {
      const middle = (before.x + point.x) / 2;
      path += `C${at(middle)},${at(before.y)},${at(middle)},${at(point.y)},${at(point.x)},${at(point.y)}`;
    } else {
      const middle = (before.y + point.y) / 2;
      path += `C${at(before.x)},${at(middle)},${at(point.x)},${at(middle)},${at(point.x)},${at(point.y)}`;
    }
    before = point;
  }
  return path;
}

/** Longest-path rank of every node, and the nodes of each rank. A cycle, if any, is cut at its first node. */
export function rankNodes(request: LayoutRequest): readonly (readonly string[])[] {
  const down = new Map<string, string[]>(request.nodes.map(node => [node.id, []]));
  const waiting = new Map<string, number>(request.nodes.map(node => [node.id, 0]));
  for (const [from, to] of request.edges) {
    if (down.has(from) && waiting.has(to)) {
      down.get(from)?.push(to);
      waiting.set(to, (waiting.get(to) ?? 0) + 1);
    }
  }
  const rank = new Map<string, number>(request.nodes.map(node => [node.id, 0]));
  const ready = request.nodes.map(node => node.id).filter(id => waiting.get(id) === 0);
  const isReady = new Set(ready);
  let cut = 0;
  for (let at = 0; at < request.nodes.length; at += 1) {
    if (at === ready.length) {
      while (isReady.has(request.nodes[cut]?.id ?? '')) {
        cut += 1;
      }
      const first = request.nodes[cut]?.id as string;
      ready.push(first);
      isReady.add(first);
    }
    const id = ready[at] as string;
    for (const next of down.get(id) ?? []) {
      if (isReady.has(next)) {
        continue;
      }
      rank.set(next, Math.max(rank.get(next) ?? 0, (rank.get(id) ?? 0) + 1));
      const left = (waiting.get(next) ?? 0) - 1;
      waiting.set(next, left);
      if (left === 0) {
        ready.push(next);
        isReady.add(next);
      }
    }
  }
  const ranks: string[][] = [];
  for (const node of request.nodes) {
    const level = rank.get(node.id) ?? 0;
    (ranks[level] ??= []).push(node.id);
  }
  return Array.from(ranks, level => level ?? []);
}

/** Whether the own layered pass suits a graph better than dagre. */
export function prefersLayered(request: LayoutRequest): boolean {
  return (
    request.nodes.length > DAGRE_LIMIT ||
    rankNodes(request).some(level => level.length > WIDE_RANK * 1.5)
  );
}
