/** DAG documents in the main area. They come back after a reload with tab, run and selected task. */
import {
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { MainAreaWidget, WidgetTracker } from '@jupyterlab/apputils';
import { IEditorServices } from '@jupyterlab/codeeditor';
import { CommandIDs } from '../commands';
import { tabIcon } from '../components/tabIcons';
import { readDagLink } from '../model/dagLink';
import { dagTabLabel, isDagTab } from '../model/dagTabs';
import { createDagActions } from '../panels/dagActions';
import { DagDocument } from '../panels/DagDocument';
import { editorMounter } from '../panels/editor';
import { createDagView, readArgs, writeArgs, type DagViewArgs } from '../store/dagView';
import { ICouture } from '../tokens';
import { showInMain } from './place';
import { startLink } from './startLink';

type DagWidget = MainAreaWidget<DagDocument>;

export const dagViewerPlugin: JupyterFrontEndPlugin<void> = {
  id: '@jupyter-couture/labextension:dag-viewer',
  description: 'Opens DAGs in the main area.',
  autoStart: true,
  requires: [ICouture],
  optional: [ILayoutRestorer, IEditorServices],
  activate: (
    app: JupyterFrontEnd,
    couture: ICouture,
    restorer: ILayoutRestorer | null,
    editors: IEditorServices | null
  ): void => {
    const { commands } = app;
    const { session, trans } = couture;
    const actions = createDagActions(commands, session);
    const tracker = new WidgetTracker<DagWidget>({ namespace: 'couture-dag' });
    const mountEditor = editors && editorMounter(editors, trans.__('Code of the DAG'));

    const create = (dagId: string, args: DagViewArgs): DagWidget => {
      const view = createDagView(args, couture.settings.getState().direction);
      const content = new DagDocument({
        dagId,
        couture,
        view,
        actions,
        mountEditor,
        onTrigger: withConf =>
          void commands.execute(CommandIDs.trigger, { dagId, withConf, isQuiet: true }),
        onCancelRun: runId => void commands.execute(CommandIDs.cancelRun, { dagId, runId })
      });
      const widget = new MainAreaWidget({ content });
      widget.id = `couture-dag-${encodeURIComponent(dagId)}`;
      widget.toolbar.hide();
      let kept = JSON.stringify(writeArgs(view.getState()));
      const stop = view.subscribe(() => {
        const now = JSON.stringify(writeArgs(view.getState()));
        if (now !== kept) {
          kept = now;
          void tracker.save(widget);
        }
      });
      widget.disposed.connect(stop);
      return widget;
    };

    commands.addCommand(CommandIDs.openDag, {
      label: args =>
        typeof args['taskId'] === 'string'
          ? trans.__('Open Task')
          : dagTabLabel(isDagTab(args['tab']) ? args['tab'] : 'graph', trans),
      icon: args => tabIcon(isDagTab(args['tab']) ? args['tab'] : 'graph'),
      execute: async args => {
        const dagId = args['dagId'];
        if (typeof dagId !== 'string' || dagId === '') {
          throw new TypeError('The command needs "dagId".');
        }
        let widget = tracker.find(known => known.content.dagId === dagId);
        if (widget) {
          widget.content.view.dispatch(readArgs(args as DagViewArgs));
        } else {
          widget = create(dagId, args as DagViewArgs);
          await tracker.add(widget);
        }
        showInMain(app, widget);
        return widget;
      }
    });

    const restored = restorer?.restore(tracker, {
      command: CommandIDs.openDag,
      args: widget => ({
        dagId: widget.content.dagId,
        ...writeArgs(widget.content.view.getState())
      }),
      name: widget => widget.content.dagId
    });
    const asked = readDagLink(startLink() ?? '');
    if (asked) {
      // What the layout brings back must not end up in front of what was asked for.
      void Promise.all([app.restored, restored]).then(() =>
        commands.execute(CommandIDs.openDag, { ...asked })
      );
    }
  }
};
