/** Owns the session: one per page, shared by all other plugins. Also reads the settings. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import type { PartialJSONValue } from '@lumino/coreutils';
import { CoutureApi } from '../api/rest';
import { DEFAULT_SETTINGS, readSettings } from '../model/settings';
import { CoutureSession } from '../store/session';
import { createValue } from '../store/store';
import { ICouture } from '../tokens';

const PLUGIN_ID = '@jupyter-couture/labextension:plugin';

export const corePlugin: JupyterFrontEndPlugin<ICouture> = {
  id: PLUGIN_ID,
  description: 'Connects to the Couture server extension and keeps its state.',
  autoStart: true,
  provides: ICouture,
  optional: [ISettingRegistry, ITranslator, IRenderMimeRegistry],
  activate: (
    app: JupyterFrontEnd,
    registry: ISettingRegistry | null,
    translator: ITranslator | null,
    rendermime: IRenderMimeRegistry | null
  ): ICouture => {
    const session = new CoutureSession(new CoutureApi(app.serviceManager.serverSettings));
    const settings = createValue(DEFAULT_SETTINGS);
    const start = (): void => {
      let { showPaused } = settings.getState();
      session.store.dispatch({ type: 'filter.default', showPaused });
      settings.subscribe(() => {
        if (settings.getState().showPaused !== showPaused) {
          ({ showPaused } = settings.getState());
          session.setShowPaused(showPaused);
        }
      });
      session.start();
    };
    let stored: ISettingRegistry.ISettings | null = null;
    if (registry) {
      registry.load(PLUGIN_ID).then(
        loaded => {
          const read = (): void => settings.dispatch(readSettings(loaded.composite));
          stored = loaded;
          loaded.changed.connect(read);
          read();
          start();
        },
        error => {
          console.warn('Couture uses default settings:', error);
          start();
        }
      );
    } else {
      start();
    }
    return {
      session,
      settings,
      changeSettings: change => {
        settings.dispatch(change);
        for (const [name, value] of Object.entries(change)) {
          // The registry copies what it is given; our settings are JSON, and read only.
          const json = value as unknown as PartialJSONValue;
          stored?.set(name, json).catch(error => console.warn('Setting not kept:', error));
        }
      },
      trans: (translator ?? nullTranslator).load('jupyter_couture'),
      rendermime,
      get isDisposed() {
        return session.isDisposed;
      },
      dispose: () => session.dispose()
    };
  }
};
