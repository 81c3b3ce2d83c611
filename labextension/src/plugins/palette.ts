/** Our commands in the command palette. Those that need a DAG ask which one. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, InputDialog } from '@jupyterlab/apputils';
import { CommandIDs } from '../commands';
import { isAllowed } from '../model/permissions';
import { ICouture } from '../tokens';

export const palettePlugin: JupyterFrontEndPlugin<void> = {
  id: '@jupyter-couture/labextension:palette',
  description: 'Puts the commands of Couture into the command palette.',
  autoStart: true,
  requires: [ICouture],
  optional: [ICommandPalette],
  activate: (app: JupyterFrontEnd, couture: ICouture, palette: ICommandPalette | null): void => {
    const { commands } = app;
    const { session, trans } = couture;
    const pick = async (title: string): Promise<string | null> => {
      const list = await session.api.dags({ limit: 1000 });
      const items = list.dags.map(row => row.dag_id);
      const result = await InputDialog.getItem({
        title,
        items,
        label: trans.__('DAG'),
        editable: true
      });
      return result.button.accept ? result.value : null;
    };
    commands.addCommand(CommandIDs.pickOpen, {
      label: trans.__('Open DAG…'),
      execute: async () => {
        const dagId = await pick(trans.__('Open DAG'));
        return dagId === null ? null : commands.execute(CommandIDs.openDag, { dagId });
      }
    });
    commands.addCommand(CommandIDs.pickTrigger, {
      label: trans.__('Trigger DAG…'),
      isVisible: () => isAllowed(session.store.getState(), 'runs.trigger'),
      execute: async () => {
        const dagId = await pick(trans.__('Trigger DAG'));
        return dagId === null ? null : commands.execute(CommandIDs.trigger, { dagId });
      }
    });
    commands.addCommand(CommandIDs.pickCopyCode, {
      label: trans.__('Copy Code of a DAG for a Notebook…'),
      execute: async () => {
        const dagId = await pick(trans.__('Copy Code for a Notebook'));
        return dagId === null ? null : commands.execute(CommandIDs.copyCode, { dagId });
      }
    });
    const category = trans.__('Couture');
    for (const command of [
      CommandIDs.openOverview,
      CommandIDs.openDaskDashboard,
      CommandIDs.openDags,
      CommandIDs.showPanel,
      CommandIDs.newDag,
      CommandIDs.openDagFolder,
      CommandIDs.togglePausedShown,
      CommandIDs.reload,
      CommandIDs.pickOpen,
      CommandIDs.pickTrigger,
      CommandIDs.pickCopyCode
    ]) {
      palette?.addItem({ command, category });
    }
  }
};
