/** The list of DAGs in the left side bar, and as a table in the main area. */
import {
  ILabShell,
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { MainAreaWidget, WidgetTracker } from '@jupyterlab/apputils';
import { CommandIDs } from '../commands';
import { coutureIcon } from '../icons';
import { createDagActions } from '../panels/dagActions';
import { DagListPanel } from '../panels/DagListPanel';
import { ICouture } from '../tokens';

const PANEL_ID = 'couture-dags-panel';
const TABLE_ID = 'couture-dags-table';
const RANK = 600;

export const sidebarPlugin: JupyterFrontEndPlugin<void> = {
  id: '@jupyter-couture/labextension:sidebar',
  description: 'Lists the DAGs in the left side bar.',
  autoStart: true,
  requires: [ICouture],
  optional: [ILabShell, ILayoutRestorer],
  activate: (
    app: JupyterFrontEnd,
    couture: ICouture,
    labShell: ILabShell | null,
    restorer: ILayoutRestorer | null
  ): void => {
    const { commands, shell } = app;
    const { session, trans } = couture;
    const actions = createDagActions(commands, session);
    const tables = new WidgetTracker<MainAreaWidget<DagListPanel>>({ namespace: 'couture-dags' });

    const panel = new DagListPanel({
      couture,
      actions,
      onWiden: () => void commands.execute(CommandIDs.openDags)
    });
    panel.id = PANEL_ID;
    shell.add(panel, 'left', { rank: RANK });
    restorer?.add(panel, PANEL_ID);

    commands.addCommand(CommandIDs.showPanel, {
      label: trans.__('Show DAGs in the Side Bar'),
      caption: trans.__('Show the list of DAGs'),
      icon: coutureIcon,
      execute: () => {
        labShell?.expandLeft();
        shell.activateById(PANEL_ID);
      }
    });
    commands.addCommand(CommandIDs.openDags, {
      label: trans.__('DAGs'),
      caption: trans.__('Open the table of all DAGs'),
      icon: coutureIcon,
      execute: async () => {
        let widget = tables.currentWidget;
        if (!widget || widget.isDisposed) {
          widget = new MainAreaWidget({ content: new DagListPanel({ couture, actions }) });
          widget.id = TABLE_ID;
          widget.title.label = trans.__('DAGs');
          widget.toolbar.hide();
          await tables.add(widget);
        }
        if (!widget.isAttached) {
          shell.add(widget, 'main');
        }
        shell.activateById(widget.id);
        return widget;
      }
    });
    commands.addCommand(CommandIDs.togglePausedShown, {
      label: trans.__('Show Paused DAGs'),
      isToggleable: true,
      isToggled: () => session.store.getState().filter.showPaused,
      execute: () => session.setFilter({ showPaused: !session.store.getState().filter.showPaused })
    });
    commands.addCommand(CommandIDs.reload, {
      label: trans.__('Reload DAGs and Reconnect'),
      execute: () => session.retry()
    });
    if (restorer) {
      void restorer.restore(tables, { command: CommandIDs.openDags, name: () => TABLE_ID });
    }
  }
};
