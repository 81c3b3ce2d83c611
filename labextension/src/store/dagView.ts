/** What one DAG document shows; kept in the lab's layout, so it comes back after a reload. */
import type { DagPlace } from '../model/dagLink';
import { isDagTab, type DagTab } from '../model/dagTabs';
import type { Direction } from '../model/layout';
import type { RunChoice } from '../model/shownRun';
import { INITIAL_TREE, readTree, writeTree, type TreeSettings } from '../model/treeSettings';
import { NO_TRAIL, readTrail, writeTrail, type Trail } from '../model/trail';
import type { TaskState } from '../model/wire';
import { createValue, type Store } from './store';

export interface DagViewState {
  readonly tab: DagTab;
  readonly choice: RunChoice;
  readonly taskId: string | null;
  /** The instance of a mapped task that is shown; null: the worst. */
  readonly mapIndex: number | null;
  /** The try whose log is shown; null: the newest. */
  readonly tryNumber: number | null;
  readonly highlight: TaskState | null;
  readonly isList: boolean;
  readonly direction: Direction;
  /** Task groups that are drawn as one box; null leaves it to the size of the graph. */
  readonly folded: readonly string[] | null;
  /** Whether the tasks that a run took its time for stand out. */
  readonly isCritical: boolean;
  /** Part of the room that the task panel takes, beside and below. */
  readonly panelShares: { readonly beside: number; readonly below: number };
  /** What led into this DAG; nothing if it was opened by itself. */
  readonly trail: Trail;
  readonly tree: TreeSettings;
}

export type DagView = Store<DagViewState, Partial<DagViewState>>;

/** Arguments of the command that opens a document, as the layout keeps them. */
export interface DagViewArgs {
  readonly tab?: string;
  readonly runId?: string;
  readonly taskId?: string;
  readonly mapIndex?: number;
  /** A run by what it is instead of by its id: the latest, or none. */
  readonly run?: string;
  readonly trail?: string;
  /** Ids of folded groups, as JSON. */
  readonly folded?: string;
  readonly tree?: string;
}

const INITIAL: DagViewState = {
  tab: 'graph',
  choice: { kind: 'latest' },
  taskId: null,
  mapIndex: null,
  tryNumber: null,
  highlight: null,
  isList: false,
  direction: 'LR',
  folded: null,
  isCritical: false,
  panelShares: { beside: 0.42, below: 0.5 },
  trail: NO_TRAIL,
  tree: INITIAL_TREE
};

function readIds(text: string): readonly string[] | null {
  try {
    const ids: unknown = JSON.parse(text);
    return Array.isArray(ids) && ids.every(id => typeof id === 'string') ? ids : null;
  } catch {
    return null;
  }
}

/** The part of the state that arguments speak of. */
export function readArgs(args: DagViewArgs): Partial<DagViewState> {
  const { tab, runId, run, taskId, mapIndex, trail, folded, tree } = args;
  return {
    ...(isDagTab(tab) ? { tab } : {}),
    ...(typeof runId === 'string' ? { choice: { kind: 'run', runId } as const } : {}),
    ...(run === 'latest' ? { choice: { kind: 'latest' } as const } : {}),
    ...(run === 'none' ? { choice: { kind: 'version' } as const } : {}),
    ...(typeof taskId === 'string' ? { taskId, mapIndex: mapIndex ?? null, tryNumber: null } : {}),
    ...(typeof folded === 'string' ? { folded: readIds(folded) } : {}),
    trail: readTrail(trail),
    ...(typeof tree === 'string' ? { tree: readTree(tree) } : {})
  };
}

export function writeArgs(state: DagViewState): Record<string, string | number> {
  return {
    tab: state.tab,
    ...(state.choice.kind === 'run' ? { runId: state.choice.runId } : {}),
    ...(state.taskId === null ? {} : { taskId: state.taskId }),
    ...(state.mapIndex === null ? {} : { mapIndex: state.mapIndex }),
    ...(state.folded === null ? {} : { folded: JSON.stringify(state.folded) }),
    ...(state.trail.length === 0 ? {} : { trail: writeTrail(state.trail) }),
    ...(state.tree === INITIAL_TREE ? {} : { tree: writeTree(state.tree) })
  };
}

/** What a link to the document names. */
export function placeOf({ tab, choice, taskId, mapIndex }: DagViewState): DagPlace {
  return {
    tab,
    ...(choice.kind === 'run' ? { runId: choice.runId } : {}),
    ...(taskId === null ? {} : { taskId, ...(mapIndex === null ? {} : { mapIndex }) })
  };
}

export function createDagView(args: DagViewArgs, direction: Direction): DagView {
  return createValue<DagViewState>({ ...INITIAL, direction, ...readArgs(args) });
}
