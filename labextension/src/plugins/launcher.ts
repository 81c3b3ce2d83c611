/** Cards in the launcher. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ILauncher } from '@jupyterlab/launcher';
import type { IDisposable } from '@lumino/disposable';
import { CommandIDs } from '../commands';
import { isAllowed } from '../model/permissions';
import { ICouture } from '../tokens';

export const launcherPlugin: JupyterFrontEndPlugin<void> = {
  id: '@jupyter-couture/labextension:launcher',
  description: 'Puts Couture into the launcher.',
  autoStart: true,
  requires: [ICouture],
  optional: [ILauncher],
  activate: (_app: JupyterFrontEnd, couture: ICouture, launcher: ILauncher | null): void => {
    if (!launcher) {
      return;
    }
    const { session } = couture;
    const category = couture.trans.__('Couture');
    launcher.add({ command: CommandIDs.openOverview, category, rank: 1 });
    launcher.add({ command: CommandIDs.openDags, category, rank: 2 });
    const args = { page: 'variables' };
    launcher.add({ command: CommandIDs.browse, category, args, rank: 4 });
    // A launcher shows each card it has, also of a command that says it is not visible.
    let card: IDisposable | null = null;
    const offerNewDag = (): void => {
      if (!isAllowed(session.store.getState(), 'dags.edit')) {
        card?.dispose();
        card = null;
      } else {
        card ??= launcher.add({
          command: CommandIDs.newDag,
          category,
          args: { isCard: true },
          rank: 3
        });
      }
    };
    offerNewDag();
    session.store.subscribe(offerNewDag);
  }
};
