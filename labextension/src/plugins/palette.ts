/** Our commands in the command palette. Those that need a DAG ask which one. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, InputDialog, Notification } from '@jupyterlab/apputils';
import { CommandIDs } from '../commands';
import { isAllowed } from '../model/permissions';
import { ICouture } from '../tokens';

const SHOWN_MS = 8000;

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
      const label = trans.__('DAG, or a part of its name that no other has');
      // The lab fills in the first; an empty one leaves the field to be typed into.
      const asked = { title, items: ['', ...items], label, editable: true };
      const { button, value } = await InputDialog.getItem(asked);
      const text = value?.trim() ?? '';
      if (!button.accept || text === '') {
        return null;
      }
      const found = items.includes(text) ? [text] : items.filter(item => item.includes(text));
      if (found.length !== 1) {
        const told =
          found.length === 0
            ? trans.__('There is no DAG “%1”.', text)
            : trans.__('“%1” is a part of %2 names of DAGs.', text, found.length);
        Notification.warning(told, { autoClose: SHOWN_MS });
        return null;
      }
      return found[0] ?? null;
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
