/** Commands that change what exists: clear, mark and delete runs, delete a DAG, backfills. Each shows first what it touches. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import { checkIcon, deleteIcon, errorIcon, historyIcon, undoIcon } from '@jupyterlab/ui-components';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import { CommandIDs } from '../commands';
import { isAllowed, type Permission } from '../model/permissions';
import type { OrderReply, RunAction } from '../model/wireOrders';
import { attempt, SHORT_MS, tell } from '../panels/tell';
import { ICouture } from '../tokens';
import { text } from './args';

/** Says what came of an order, with what the engine has to say about it. */
function tellOutcome({ trans }: ICouture, reply: OrderReply, done: string): void {
  const notes = reply.notes.join('\n\n');
  if (!reply.is_done) {
    tell(
      'warning',
      trans.__('No engine has come to it yet. It is done as soon as one runs.'),
      trans
    );
  } else if (notes) {
    tell('info', `${done}\n\n${notes}`, trans);
  } else {
    tell('success', done, trans, SHORT_MS);
  }
}

async function actOnRun(
  couture: ICouture,
  dagId: string,
  runId: string,
  action: RunAction
): Promise<void> {
  const { session, trans } = couture;
  const { askAndActOnRun } = await import('../panels/RunActionDialog');
  const reply = await askAndActOnRun(couture, dagId, runId, action);
  if (!reply) {
    return;
  }
  session.reloadRuns(dagId);
  if (action.kind !== 'delete') {
    session.reloadTasks(dagId, runId);
  }
  void session.loadDag(dagId).catch(() => undefined); // the row is fetched again by itself, too
  const done: Readonly<Record<RunAction['kind'], string>> = {
    clear: trans._n('%1 task is done again', '%1 tasks are done again', reply.touched),
    mark: trans.__('The run is marked'),
    delete: trans.__('The run is deleted')
  };
  tellOutcome(couture, reply, done[action.kind]);
}

async function deleteDag(app: JupyterFrontEnd, couture: ICouture, dagId: string): Promise<void> {
  const { session, trans } = couture;
  const { askAndDeleteDag } = await import('../panels/DeleteDagDialog');
  const reply = await askAndDeleteDag(couture, dagId);
  if (!reply) {
    return;
  }
  if (reply.is_done) {
    const id = `couture-dag-${encodeURIComponent(dagId)}`;
    for (const widget of [...app.shell.widgets('main')]) {
      if (widget.id === id) {
        widget.close();
      }
    }
    session.retry();
  }
  tellOutcome(couture, reply, trans.__('%1 is deleted', dagId));
}

async function backfill(couture: ICouture, dagId: string): Promise<void> {
  const { askAndBackfill } = await import('../panels/BackfillDialog');
  const made = await askAndBackfill(couture, dagId);
  if (made) {
    Notification.success(couture.trans.__('Backfill %1 of %2 started', made.backfill_id, dagId), {
      autoClose: SHORT_MS
    });
  }
}

export const runCommandsPlugin: JupyterFrontEndPlugin<void> = {
  id: '@jupyter-couture/labextension:run-commands',
  description: 'Commands that clear, mark and delete runs, delete DAGs and start backfills.',
  autoStart: true,
  requires: [ICouture],
  activate: (app: JupyterFrontEnd, couture: ICouture): void => {
    const { commands } = app;
    const { session, trans } = couture;
    const may = (permission: Permission) => (): boolean =>
      isAllowed(session.store.getState(), permission);
    const onRun = (args: ReadonlyPartialJSONObject, action: RunAction): Promise<void> =>
      attempt(couture.trans, () =>
        actOnRun(couture, text(args, 'dagId'), text(args, 'runId'), action)
      );
    commands.addCommand(CommandIDs.clearRun, {
      label: args => (args['onlyFailed'] ? trans.__('Clear What Failed…') : trans.__('Clear Run…')),
      icon: undoIcon,
      isVisible: may('tasks.edit'),
      execute: args =>
        onRun(args, {
          kind: 'clear',
          onlyFailed: args['onlyFailed'] === true,
          latestVersion: false
        })
    });
    commands.addCommand(CommandIDs.markRun, {
      label: args =>
        args['state'] === 'failed' ? trans.__('Mark Run Failed…') : trans.__('Mark Run Success…'),
      icon: args => (args['state'] === 'failed' ? errorIcon : checkIcon),
      isVisible: may('tasks.edit'),
      execute: args =>
        onRun(args, { kind: 'mark', state: args['state'] === 'failed' ? 'failed' : 'success' })
    });
    commands.addCommand(CommandIDs.deleteRun, {
      label: trans.__('Delete Run…'),
      icon: deleteIcon,
      isVisible: may('runs.delete'),
      execute: args => onRun(args, { kind: 'delete' })
    });
    commands.addCommand(CommandIDs.backfill, {
      label: trans.__('Backfill…'),
      icon: historyIcon,
      isVisible: may('runs.trigger'),
      execute: args => attempt(couture.trans, () => backfill(couture, text(args, 'dagId')))
    });
    commands.addCommand(CommandIDs.deleteDag, {
      label: trans.__('Delete DAG…'),
      icon: deleteIcon,
      isVisible: may('dags.delete'),
      execute: args => attempt(couture.trans, () => deleteDag(app, couture, text(args, 'dagId')))
    });
  }
};
