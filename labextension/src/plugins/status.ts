/** The number of running tasks in the status bar; a click opens the overview. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { IStatusBar } from '@jupyterlab/statusbar';
import { CommandIDs } from '../commands';
import { StatusItem } from '../panels/StatusItem';
import { ICouture } from '../tokens';

const ITEM_ID = 'couture-status';
const RANK = 90;

export const statusPlugin: JupyterFrontEndPlugin<void> = {
  id: '@jupyter-couture/labextension:status',
  description: 'Shows how many tasks run.',
  autoStart: true,
  requires: [ICouture],
  optional: [IStatusBar],
  activate: (app: JupyterFrontEnd, couture: ICouture, statusBar: IStatusBar | null): void => {
    statusBar?.registerStatusItem(ITEM_ID, {
      item: new StatusItem(couture, () => void app.commands.execute(CommandIDs.openOverview)),
      align: 'left',
      rank: RANK
    });
  }
};
