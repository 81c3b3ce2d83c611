/** How the tree view of one document is set up; kept in the lab's layout. */
import type { Folds } from './tree';
import { RUN_STATES, RUN_TYPES, type RunState, type RunType } from './wire';

export interface TreeSettings {
  /** Each task once instead of the tree of all ways. */
  readonly isCompact: boolean;
  readonly runs: number;
  /** No run with a later logical date; null: up to the newest. */
  readonly before: string | null;
  readonly runType: RunType | null;
  readonly runState: RunState | null;
  readonly folds: Folds;
}

export const RUN_NUMBERS: readonly number[] = [5, 25, 50, 100, 365];

const OPEN: Folds = { isFolded: false, toggled: new Set() };
const KEPT_FOLDS = 300;

export const INITIAL_TREE: TreeSettings = {
  isCompact: false,
  runs: 25,
  before: null,
  runType: null,
  runState: null,
  folds: OPEN
};

export function allFolded(isFolded: boolean): Folds {
  return isFolded ? { isFolded, toggled: new Set() } : OPEN;
}

/** The folds after a row was folded or unfolded. */
export function toggled(folds: Folds, key: string): Folds {
  const next = new Set(folds.toggled);
  if (!next.delete(key)) {
    next.add(key);
  }
  return { ...folds, toggled: next };
}

/** As options of the grid's route. */
export function gridQuery(
  settings: TreeSettings
): Readonly<Record<string, string | number | null>> {
  return {
    limit: settings.runs,
    before: settings.before,
    run_type: settings.runType,
    state: settings.runState
  };
}

export function writeTree(settings: TreeSettings): string {
  const { folds, ...rest } = settings;
  const newest = [...folds.toggled].slice(-KEPT_FOLDS);
  return JSON.stringify({ ...rest, isFolded: folds.isFolded, toggled: newest });
}

function oneOf<T>(known: readonly T[], value: unknown): T | null {
  return known.find(each => each === value) ?? null;
}

/** What `writeTree` wrote; whatever else stands there is passed over. */
export function readTree(text: string): TreeSettings {
  let found: Readonly<Record<string, unknown>> = {};
  try {
    const parsed: unknown = JSON.parse(text);
    found = typeof parsed === 'object' && parsed !== null ? { ...parsed } : {};
  } catch {
    return INITIAL_TREE;
  }
  const { before } = found;
  const keys = Array.isArray(found['toggled']) ? (found['toggled'] as readonly unknown[]) : [];
  return {
    isCompact: found['isCompact'] === true,
    runs: oneOf(RUN_NUMBERS, found['runs']) ?? INITIAL_TREE.runs,
    before: typeof before === 'string' && !Number.isNaN(Date.parse(before)) ? before : null,
    runType: oneOf(RUN_TYPES, found['runType']),
    runState: oneOf(RUN_STATES, found['runState']),
    folds: {
      isFolded: found['isFolded'] === true,
      toggled: new Set(keys.filter(key => typeof key === 'string'))
    }
  };
}
