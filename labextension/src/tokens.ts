import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { Token } from '@lumino/coreutils';
import type { IDisposable } from '@lumino/disposable';
import type { Translate } from './model/labels';
import type { CoutureSettings } from './model/settings';
import type { CoutureSession } from './store/session';
import type { Readable } from './store/store';

/** What the plugins of this extension share; other extensions may ask for it, too. */
export interface ICouture extends IDisposable {
  readonly session: CoutureSession;
  readonly settings: Readable<CoutureSettings>;
  /** Changes settings for this user, now and for next time. */
  changeSettings(change: Partial<CoutureSettings>): void;
  readonly trans: Translate;
  /** The lab's renderers of outputs; null where there are none. */
  readonly rendermime: IRenderMimeRegistry | null;
}

export const ICouture = new Token<ICouture>(
  '@jupyter-couture/labextension:ICouture',
  'The live state of Couture: DAGs, runs and tasks, and what one can ask of the server.'
);
