/** The list of DAGs in the left side bar, and as a table in the main area. Their filters come back with the layout. */
import {
  ILabShell,
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { MainAreaWidget, WidgetTracker } from '@jupyterlab/apputils';
import type { Widget } from '@lumino/widgets';
import { CommandIDs } from '../commands';
import { coutureIcon } from '../icons';
import { TABLE_IDS, readFilter, writeFilter, type LabTableId } from '../model/dagFilter';
import { createListActions } from '../panels/dagActions';
import { DagListPanel } from '../panels/DagListPanel';
import type { CoutureSession } from '../store/session';
import { ICouture } from '../tokens';
import { showInMain } from './place';

const PANEL_ID = 'couture-dags-panel';
const TABLE_ID = 'couture-dags-table';
const RANK = 600;

/** Lets the layout keep the filter of a table anew whenever it changes, as long as the widget is there. */
function keepFilter<T extends Widget>(
  session: CoutureSession,
  table: LabTableId,
  tracker: WidgetTracker<T>,
  widget: T
): void {
  let { filter } = session.store.getState().tables[table];
  const stop = session.store.subscribe(() => {
    const now = session.store.getState().tables[table].filter;
    if (now !== filter) {
      filter = now;
      void tracker.save(widget);
    }
  });
  widget.disposed.connect(stop);
}

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
    const actions = createListActions(commands, session);
    const panels = new WidgetTracker<DagListPanel>({ namespace: 'couture-dags-panel' });
    const tables = new WidgetTracker<MainAreaWidget<DagListPanel>>({ namespace: 'couture-dags' });
    const restoredFilter = (table: LabTableId, args: object): void => {
      const filter = readFilter(args as Record<string, unknown>);
      if (Object.keys(filter).length > 0) {
        session.setFilter(table, filter);
      }
    };
    const keptFilter = (table: LabTableId): ReturnType<typeof writeFilter> =>
      writeFilter(table, session.store.getState().tables[table].filter);

    const panel = new DagListPanel({
      couture,
      table: 'sidebar',
      actions,
      commands,
      onWiden: () => void commands.execute(CommandIDs.openDags)
    });
    panel.id = PANEL_ID;
    shell.add(panel, 'left', { rank: RANK });
    restorer?.add(panel, PANEL_ID);

    commands.addCommand(CommandIDs.showPanel, {
      label: trans.__('Show DAGs in the Side Bar'),
      caption: trans.__('Show the list of DAGs'),
      icon: coutureIcon,
      execute: args => {
        restoredFilter('sidebar', args);
        if (args['isRestored'] !== true) {
          labShell?.expandLeft();
          shell.activateById(PANEL_ID);
        }
      }
    });
    commands.addCommand(CommandIDs.openDags, {
      label: trans.__('DAGs'),
      caption: trans.__('Open the table of all DAGs'),
      icon: coutureIcon,
      execute: async args => {
        restoredFilter('page', args);
        let widget = tables.currentWidget;
        if (!widget || widget.isDisposed) {
          const content = new DagListPanel({ couture, table: 'page', actions, commands });
          widget = new MainAreaWidget({ content });
          widget.id = TABLE_ID;
          widget.title.label = trans.__('DAGs');
          widget.toolbar.hide();
          await tables.add(widget);
          keepFilter(session, 'page', tables, widget);
        }
        showInMain(app, widget);
        return widget;
      }
    });
    // The side bar and the table each have a filter; the check mark is for both.
    const isPausedShown = (): boolean =>
      TABLE_IDS.every(id => session.store.getState().tables[id].filter.showPaused);
    commands.addCommand(CommandIDs.togglePausedShown, {
      label: trans.__('Show Paused DAGs'),
      isToggleable: true,
      isToggled: isPausedShown,
      execute: () => session.setShowPaused(!isPausedShown())
    });
    commands.addCommand(CommandIDs.reload, {
      label: trans.__('Reload DAGs and Reconnect'),
      execute: () => session.retry()
    });
    if (restorer) {
      void restorer.restore(tables, {
        command: CommandIDs.openDags,
        args: () => keptFilter('page'),
        name: () => TABLE_ID
      });
      // The panel is there anyway: only what it showed is restored, and kept from then on.
      void restorer
        .restore(panels, {
          command: CommandIDs.showPanel,
          args: () => ({ ...keptFilter('sidebar'), isRestored: true }),
          name: () => PANEL_ID
        })
        .then(async () => {
          await panels.add(panel);
          keepFilter(session, 'sidebar', panels, panel);
        });
    }
  }
};
