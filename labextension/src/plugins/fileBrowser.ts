/** *Open as DAG* on the Python files of the DAGs folder, in the lab's file browser. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { InputDialog, Notification } from '@jupyterlab/apputils';
import { PageConfig } from '@jupyterlab/coreutils';
import { IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import { CommandIDs } from '../commands';
import { coutureIcon } from '../icons';
import { dagFilePath, pathInLab } from '../model/paths';
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
  description: 'Opens the DAG of a file in the file browser.',
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
