/** Commands that act on a DAG: trigger, turn on and off, read again, cancel a run, open a file. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { Dialog, Notification, showDialog, type ISessionContext } from '@jupyterlab/apputils';
import { PageConfig } from '@jupyterlab/coreutils';
import { codeIcon, notebookIcon, refreshIcon, runIcon, stopIcon } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import { ApiError } from '../api/errors';
import { CommandIDs } from '../commands';
import { dagFilePath, pathInLab } from '../model/paths';
import { isAllowed } from '../model/permissions';
import { dagRowView, isPaused } from '../model/selectors';
import type { Run } from '../model/wire';
import { attempt, LONG_MS, SHORT_MS, tell } from '../panels/tell';
import { ICouture } from '../tokens';
import { text } from './args';

/** Asks for the configuration and triggers; the form and what checks it are loaded when they are first needed. */
async function triggerByForm(
  couture: ICouture,
  dagId: string,
  refused?: ApiError
): Promise<Run | null> {
  const { askAndTrigger, refusalsOf } = await import('../panels/TriggerDialog');
  return askAndTrigger(couture, dagId, refused && refusalsOf(refused));
}

/** Triggers with the defaults. What is off is asked about first; a DAG that needs values opens the form. */
async function triggerNow(couture: ICouture, dagId: string): Promise<Run | null> {
  const { session, trans } = couture;
  const state = session.store.getState();
  if (isPaused(state, dagId) && isAllowed(state, 'dags.edit')) {
    const { button } = await showDialog({
      title: trans.__('%1 is off', dagId),
      body: dagRowView(state, dagId)?.row.schedule
        ? trans.__(
            'The run waits until the DAG is turned on. Turned on, the DAG also runs by its schedule, and what is due now starts at once.'
          )
        : trans.__('The run waits until the DAG is turned on.'),
      buttons: [
        Dialog.cancelButton({ label: trans.__('Cancel') }),
        Dialog.createButton({ label: trans.__('Trigger, leave off'), actions: ['leave-off'] }),
        Dialog.okButton({ label: trans.__('Turn on and trigger'), actions: ['turn-on'] })
      ]
    });
    if (!button.accept && !button.actions.includes('leave-off')) {
      return null;
    }
    if (button.actions.includes('turn-on')) {
      await session.setPaused(dagId, false);
    }
  }
  try {
    return await session.trigger(dagId);
  } catch (error) {
    if (error instanceof ApiError && error.wire?.field?.startsWith('$.conf')) {
      return triggerByForm(couture, dagId, error);
    }
    throw error;
  }
}

async function trigger(
  commands: CommandRegistry,
  couture: ICouture,
  dagId: string,
  { withConf, isQuiet }: { readonly withConf: boolean; readonly isQuiet: boolean }
): Promise<void> {
  const { session, trans } = couture;
  const run = withConf ? await triggerByForm(couture, dagId) : await triggerNow(couture, dagId);
  if (!run) {
    return;
  }
  const show = {
    label: trans.__('Show'),
    callback: () =>
      void commands.execute(CommandIDs.openDag, { dagId, tab: 'graph', runId: run.run_id })
  };
  if (isPaused(session.store.getState(), dagId)) {
    Notification.warning(trans.__('%1 is off: the run waits until you turn it on.', dagId), {
      autoClose: LONG_MS,
      actions: [
        {
          label: trans.__('Turn on'),
          displayType: 'accent',
          callback: () => void commands.execute(CommandIDs.setPaused, { dagId, isPaused: false })
        },
        show
      ]
    });
  } else if (!isQuiet) {
    Notification.success(trans.__('%1 triggered', dagId), {
      autoClose: SHORT_MS,
      actions: [show]
    });
  }
}

async function cancelRun(
  { session, trans }: ICouture,
  dagId: string,
  runId: string,
  asksFirst: boolean
): Promise<void> {
  if (asksFirst) {
    const answer = await showDialog({
      title: trans.__('Cancel the run of %1?', dagId),
      body: trans.__('%1: its running tasks are stopped, and no other one starts.', runId),
      buttons: [
        Dialog.cancelButton({ label: trans.__('Keep It Running') }),
        Dialog.warnButton({ label: trans.__('Cancel Run') })
      ]
    });
    if (!answer.button.accept) {
      return;
    }
  }
  await session.cancel(dagId, runId);
}

async function refresh(couture: ICouture, dagId: string): Promise<void> {
  const { session, trans } = couture;
  const { isChanged, errors } = await session.refresh(dagId);
  const [first] = errors;
  if (first) {
    const where = first.line === null ? first.file : `${first.file}:${first.line}`;
    tell('error', `${where}\n\n${first.message}`, trans);
  } else {
    Notification.info(
      isChanged ? trans.__('%1 has a new version', dagId) : trans.__('%1 is unchanged', dagId),
      { autoClose: SHORT_MS }
    );
  }
}

async function openFile(
  commands: CommandRegistry,
  couture: ICouture,
  file: string,
  line: number | null
): Promise<void> {
  const full = dagFilePath(file, PageConfig.getOption('coutureDagsFolder'));
  const path = pathInLab(full, PageConfig.getOption('serverRoot'));
  if (path === null || !commands.hasCommand('docmanager:open')) {
    Notification.warning(
      couture.trans.__('The lab cannot open %1: it lies outside of the folder it shows.', full),
      { autoClose: LONG_MS }
    );
    return;
  }
  const widget: unknown = await commands.execute('docmanager:open', { path });
  if (widget) {
    await (widget as WithContext).context.ready;
  }
  if (line !== null && commands.hasCommand('fileeditor:go-to-line')) {
    await commands.execute('fileeditor:go-to-line', { line, column: 1 });
  }
}

/** The part of a document's widget that knows when its text is there. */
interface WithContext {
  readonly context: { readonly ready: Promise<void> };
}

/** The part of a document's widget that knows of a kernel. */
interface WithKernel {
  readonly context: { readonly sessionContext: ISessionContext };
}

/** An executed notebook is for reading: no kernel is started for it until the reader asks for one. */
async function openNotebook(commands: CommandRegistry, path: string): Promise<void> {
  const widget: unknown = await commands.execute('docmanager:open', { path, factory: 'Notebook' });
  if (widget) {
    const { sessionContext } = (widget as WithKernel).context;
    sessionContext.kernelPreference = { ...sessionContext.kernelPreference, shouldStart: false };
  }
}

export const dagCommandsPlugin: JupyterFrontEndPlugin<void> = {
  id: '@jupyter-couture/labextension:dag-commands',
  description: 'Commands that act on a DAG.',
  autoStart: true,
  requires: [ICouture],
  activate: (app: JupyterFrontEnd, couture: ICouture): void => {
    const { commands } = app;
    const { session, trans } = couture;
    const mayTrigger = (): boolean => isAllowed(session.store.getState(), 'runs.trigger');
    const mayEdit = (): boolean => isAllowed(session.store.getState(), 'dags.edit');
    let { me } = session.store.getState();
    session.store.subscribe(() => {
      if (session.store.getState().me !== me) {
        me = session.store.getState().me;
        commands.notifyCommandChanged();
      }
    });
    commands.addCommand(CommandIDs.trigger, {
      label: args =>
        args['withConf'] ? trans.__('Trigger with Configuration…') : trans.__('Trigger DAG'),
      icon: runIcon,
      isVisible: mayTrigger,
      execute: args =>
        attempt(couture.trans, () =>
          trigger(commands, couture, text(args, 'dagId'), {
            withConf: args['withConf'] === true,
            isQuiet: args['isQuiet'] === true
          })
        )
    });
    commands.addCommand(CommandIDs.setPaused, {
      label: args => (args['isPaused'] ? trans.__('Turn Off') : trans.__('Turn On')),
      isVisible: mayEdit,
      execute: args =>
        attempt(couture.trans, () =>
          session.setPaused(text(args, 'dagId'), args['isPaused'] === true)
        )
    });
    commands.addCommand(CommandIDs.refreshDag, {
      label: trans.__('Read the File Again'),
      icon: refreshIcon,
      isVisible: mayEdit,
      execute: args => attempt(couture.trans, () => refresh(couture, text(args, 'dagId')))
    });
    commands.addCommand(CommandIDs.cancelRun, {
      label: trans.__('Cancel Run'),
      icon: stopIcon,
      isVisible: mayTrigger,
      execute: args =>
        attempt(couture.trans, () =>
          cancelRun(couture, text(args, 'dagId'), text(args, 'runId'), args['asksFirst'] === true)
        )
    });
    commands.addCommand(CommandIDs.openNotebook, {
      label: trans.__('Open Executed Notebook'),
      icon: notebookIcon,
      execute: args => attempt(couture.trans, () => openNotebook(commands, text(args, 'path')))
    });
    commands.addCommand(CommandIDs.openFile, {
      label: trans.__('Open File'),
      icon: codeIcon,
      execute: args => {
        const line = args['line'];
        return attempt(couture.trans, () =>
          openFile(commands, couture, text(args, 'file'), typeof line === 'number' ? line : null)
        );
      }
    });
  }
};
