/** The user's settings, as `schema/plugin.json` describes them. */
import type { Direction } from './layout';

export interface CoutureSettings {
  readonly showPaused: boolean;
  readonly direction: Direction;
  readonly wrapLog: boolean;
  readonly savedSearches: readonly SavedSearch[];
  /** Columns to show by page of the Browse menu, where the reader chose them. */
  readonly browseColumns: Readonly<Record<string, readonly string[]>>;
  /** Whether a message is shown when a run fails: of no DAG, or of every DAG. */
  readonly notifyOnFailure: 'off' | 'all';
}

/** A search of the Browse pages that somebody gave a name. The settings of a server may serve several people. */
export interface SavedSearch {
  readonly user: string;
  readonly name: string;
  readonly link: string;
}

export const DEFAULT_SETTINGS: CoutureSettings = {
  showPaused: false,
  direction: 'LR',
  wrapLog: false,
  savedSearches: [],
  browseColumns: {},
  notifyOnFailure: 'off'
};

/** Reads what the settings registry holds; anything unknown is left at its default. */
export function readSettings(values: Readonly<Record<string, unknown>>): CoutureSettings {
  const isOn = (value: unknown, otherwise: boolean): boolean =>
    typeof value === 'boolean' ? value : otherwise;
  return {
    showPaused: isOn(values['showPaused'], DEFAULT_SETTINGS.showPaused),
    direction: values['direction'] === 'TB' ? 'TB' : 'LR',
    wrapLog: isOn(values['wrapLog'], DEFAULT_SETTINGS.wrapLog),
    savedSearches: listOf(values['savedSearches']).filter(isSavedSearch),
    browseColumns: columnsOf(values['browseColumns']),
    notifyOnFailure: values['notifyOnFailure'] === 'all' ? 'all' : 'off'
  };
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function isSavedSearch(value: unknown): value is SavedSearch {
  const { user, name, link } = (value ?? {}) as Partial<Record<keyof SavedSearch, unknown>>;
  return [user, name, link].every(each => typeof each === 'string');
}

function columnsOf(value: unknown): Readonly<Record<string, readonly string[]>> {
  const given = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  return Object.fromEntries(
    given.map(([page, ids]) => [page, listOf(ids).filter(id => typeof id === 'string')])
  );
}
