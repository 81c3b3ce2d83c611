/** The user's settings, as `schema/plugin.json` describes them. */
import type { Direction } from './layout';

export interface CoutureSettings {
  readonly showPaused: boolean;
  readonly direction: Direction;
  readonly wrapLog: boolean;
}

export const DEFAULT_SETTINGS: CoutureSettings = {
  showPaused: false,
  direction: 'LR',
  wrapLog: false
};

/** Reads what the settings registry holds; anything unknown is left at its default. */
export function readSettings(values: Readonly<Record<string, unknown>>): CoutureSettings {
  const isOn = (value: unknown, otherwise: boolean): boolean =>
    typeof value === 'boolean' ? value : otherwise;
  return {
    showPaused: isOn(values['showPaused'], DEFAULT_SETTINGS.showPaused),
    direction: values['direction'] === 'TB' ? 'TB' : 'LR',
    wrapLog: isOn(values['wrapLog'], DEFAULT_SETTINGS.wrapLog)
  };
}
