/** DAG files in the lab: a new one, their folder, and *Open as DAG* in the file browser. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { InputDialog, Notification } from '@jupyterlab/apputils';
import { PageConfig } from '@jupyterlab/coreutils';
import { IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import { CommandIDs } from '../commands';
import { coutureIcon } from '../icons';
import { dagFilePath, pathInLab } from '../model/paths';
import { isAllowed } from '../model/permissions';
import { attempt } from '../panels/tell';
import { ICouture } from '../tokens';

const SHOWN_MS = 8000;
const ALL_DAGS = 1000;

/** Where a file of a DAG is found in the lab; null outside of what the lab shows. */
function placeOf(file: string): string | null {
  const folder = PageConfig.getOption('coutureDagsFolder');
  return pathInLab(dagFilePath(file, folder), PageConfig.getOption('serverRoot'));
}

export const fileBrowserPlugin: JupyterFrontEndPlugin<void> = {
  id: '@jupyter-couture/labextension:file-browser',
  description: 'Leads from DAG files to DAGs and back.',
  autoStart: true,
  requires: [ICouture],
  optional: [IDefaultFileBrowser],
  activate: (
    app: JupyterFrontEnd,
    couture: ICouture,
    browser: IDefaultFileBrowser | null
  ): void => {
    const { commands } = app;
    const { session, trans } = couture;
    /** The selected file, if it is Python and lies in the DAGs folder. */
    const selected = (): string | null => {
      const [item, other] = [...(browser?.selectedItems() ?? [])];
      const folder = pathInLab(
        PageConfig.getOption('coutureDagsFolder'),
        PageConfig.getOption('serverRoot')
      );
      const isDagFile =
        item !== undefined &&
        other === undefined &&
        item.path.endsWith('.py') &&
        folder !== null &&
        item.path.startsWith(`${folder}/`);
      return isDagFile ? item.path : null;
    };
    const mayWrite = (): boolean => isAllowed(session.store.getState(), 'dags.edit');
    commands.addCommand(CommandIDs.newDag, {
      label: args => (args['isCard'] ? trans.__('New DAG') : trans.__('New DAG…')),
      caption: trans.__('Begin a DAG file in the folder of the DAG files'),
      icon: coutureIcon,
      isVisible: mayWrite,
      execute: () =>
        attempt(trans, async () => {
          const { newDag } = await import('../panels/newDag');
          await newDag(commands, app.serviceManager.contents, trans);
        })
    });
    commands.addCommand(CommandIDs.openDagFolder, {
      label: trans.__('Show the Folder of the DAG Files'),
      execute: () =>
        attempt(trans, async () => {
          const { openDagFolder } = await import('../panels/newDag');
          await openDagFolder(commands, trans);
        })
    });
    commands.addCommand(CommandIDs.openFileAsDag, {
      label: trans.__('Open as DAG'),
      icon: coutureIcon,
      isVisible: () => selected() !== null,
      execute: async () => {
        const path = selected();
        if (path === null) {
          return null;
        }
        const { dags } = await session.api.dags({ limit: ALL_DAGS });
        const found = dags.filter(row => placeOf(row.file) === path).map(row => row.dag_id);
        if (found.length === 0) {
          Notification.info(
            trans.__('No DAG of %1 is known. The list of DAGs says if it has an error.', path),
            { autoClose: SHOWN_MS }
          );
          return null;
        }
        const title = trans.__('Open DAG');
        const dagId =
          found.length === 1
            ? found[0]
            : (await InputDialog.getItem({ title, items: found, label: trans.__('DAG') })).value;
        return dagId ? commands.execute(CommandIDs.openDag, { dagId }) : null;
      }
    });
  }
};
