/** The overview in the main area; its code is loaded when it is first opened. */
import {
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { MainAreaWidget, WidgetTracker } from '@jupyterlab/apputils';
import { CommandIDs } from '../commands';
import { coutureIcon } from '../icons';
import { isAllowed } from '../model/permissions';
import { createDagActions } from '../panels/dagActions';
import type { OverviewPanel } from '../panels/OverviewPanel';
import { attempt } from '../panels/tell';
import { ICouture } from '../tokens';
import { showInMain } from './place';

export const OVERVIEW_ID = 'couture-overview';

export const overviewPlugin: JupyterFrontEndPlugin<void> = {
  id: '@jupyter-couture/labextension:overview',
  description: 'Shows what is happening now and next.',
  autoStart: true,
  requires: [ICouture],
  optional: [ILayoutRestorer],
  activate: (app: JupyterFrontEnd, couture: ICouture, restorer: ILayoutRestorer | null): void => {
    const { commands } = app;
    const { session, trans } = couture;
    const tracker = new WidgetTracker<MainAreaWidget<OverviewPanel>>({
      namespace: 'couture-overview'
    });

    const create = async (): Promise<MainAreaWidget<OverviewPanel>> => {
      const { OverviewPanel } = await import('../panels/OverviewPanel');
      const content = new OverviewPanel({
        couture,
        actions: createDagActions(commands, session),
        onCancelRun: (dagId, runId) =>
          void commands.execute(CommandIDs.cancelRun, { dagId, runId, asksFirst: true }),
        onMoreRuns: state =>
          void commands.execute(CommandIDs.browse, { page: 'runs', filters: { state } })
      });
      const widget = new MainAreaWidget({ content });
      widget.id = OVERVIEW_ID;
      widget.toolbar.hide();
      return widget;
    };
    let opening: Promise<MainAreaWidget<OverviewPanel>> | null = null;
    const opened = (): Promise<MainAreaWidget<OverviewPanel>> =>
      (opening ??= create().catch((error: unknown) => {
        opening = null;
        throw error;
      }));
    commands.addCommand(CommandIDs.openOverview, {
      label: trans.__('Overview'),
      caption: trans.__('What is happening now and next'),
      icon: coutureIcon,
      execute: async () => {
        let widget = await opened();
        if (widget.isDisposed) {
          opening = null;
          widget = await opened();
        }
        if (!tracker.has(widget)) {
          await tracker.add(widget);
        }
        showInMain(app, widget);
        return widget;
      }
    });
    commands.addCommand(CommandIDs.openDaskDashboard, {
      label: trans.__('Dask Dashboard'),
      caption: trans.__('What Dask itself shows of scheduler and workers, in a new tab'),
      isVisible: () => isAllowed(session.store.getState(), 'cluster.read'),
      execute: async () => {
        await attempt(trans, async () => {
          const { openDaskDashboard } = await import('../panels/openDaskDashboard');
          await openDaskDashboard(couture);
        });
      }
    });
    if (restorer) {
      void restorer.restore(tracker, { command: CommandIDs.openOverview, name: () => OVERVIEW_ID });
    }
  }
};
