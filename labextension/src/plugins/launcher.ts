/** Cards in the launcher. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ILauncher } from '@jupyterlab/launcher';
import { CommandIDs } from '../commands';
import { ICouture } from '../tokens';

export const launcherPlugin: JupyterFrontEndPlugin<void> = {
  id: '@jupyter-couture/labextension:launcher',
  description: 'Puts Couture into the launcher.',
  autoStart: true,
  requires: [ICouture],
  optional: [ILauncher],
  activate: (_app: JupyterFrontEnd, couture: ICouture, launcher: ILauncher | null): void => {
    const category = couture.trans.__('Couture');
    launcher?.add({ command: CommandIDs.openOverview, category, rank: 1 });
    launcher?.add({ command: CommandIDs.openDags, category, rank: 2 });
    launcher?.add({ command: CommandIDs.newDag, category, args: { isCard: true }, rank: 3 });
    const args = { page: 'variables' };
    launcher?.add({ command: CommandIDs.browse, category, args, rank: 4 });
  }
};
