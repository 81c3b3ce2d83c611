/**
 * Commands that act on a task instance: run, clear, mark. Each asks before anything is done.
 *
 * Without arguments they are about the task that is selected in the DAG in front, so that the palette has them.
 */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, MainAreaWidget } from '@jupyterlab/apputils';
import { checkIcon, errorIcon, runIcon, undoIcon } from '@jupyterlab/ui-components';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import type { Widget } from '@lumino/widgets';
import { CommandIDs } from '../commands';
import { isAllowed } from '../model/permissions';
import { runsOf, taskMap, tasksByNode, tasksOf } from '../model/selectors';
import { chooseShown } from '../model/shownRun';
import type { ActKind, TaskRef } from '../model/taskAct';
import { DagDocument } from '../panels/DagDocument';
import { ICouture } from '../tokens';

/** The task instance that arguments name. A mapped task needs its index. */
function namedTask(args: ReadonlyPartialJSONObject): TaskRef | null {
  const { dagId, runId, taskId, mapIndex } = args;
  return typeof dagId === 'string' && typeof runId === 'string' && typeof taskId === 'string'
    ? { dagId, runId, taskId, mapIndex: typeof mapIndex === 'number' ? mapIndex : -1 }
    : null;
}

/** The task instance whose panel is open in the document in front. */
function selectedTask({ session }: ICouture, widget: Widget | null): TaskRef | null {
  if (!(widget instanceof MainAreaWidget) || !(widget.content instanceof DagDocument)) {
    return null;
  }
  const { dagId, view } = widget.content;
  const { taskId, mapIndex, choice } = view.getState();
  const state = session.store.getState();
  const runs = runsOf(state, dagId)?.runs ?? [];
  const run =
    choice.kind === 'run'
      ? choice.runId
      : chooseShown(choice, state.dags.get(dagId), runs).run?.run_id;
  if (taskId === null || run === undefined) {
    return null;
  }
  const shown = tasksByNode(taskMap(tasksOf(state, dagId, run))).get(taskId);
  return { dagId, runId: run, taskId, mapIndex: mapIndex ?? shown?.map_index ?? -1 };
}

export const taskCommandsPlugin: JupyterFrontEndPlugin<void> = {
  id: '@jupyter-couture/labextension:task-commands',
  description: 'Commands that act on a task instance.',
  autoStart: true,
  requires: [ICouture],
  optional: [ICommandPalette],
  activate: (app: JupyterFrontEnd, couture: ICouture, palette: ICommandPalette | null): void => {
    const { commands, shell } = app;
    const { session, trans } = couture;
    const target = (args: ReadonlyPartialJSONObject): TaskRef | null =>
      namedTask(args) ?? selectedTask(couture, shell.currentWidget);
    const mayAct = (): boolean => isAllowed(session.store.getState(), 'tasks.edit');
    const act = async (kind: ActKind, args: ReadonlyPartialJSONObject): Promise<void> => {
      const found = target(args);
      if (!found) {
        throw new TypeError('The command needs "dagId", "runId" and "taskId", or a selected task.');
      }
      const { actInLab } = await import('../panels/task/actInLab');
      await actInLab(couture, kind, found);
    };
    const isEnabled = (args: ReadonlyPartialJSONObject): boolean =>
      mayAct() && target(args) !== null;
    commands.addCommand(CommandIDs.runTask, {
      label: trans.__('Run Task…'),
      icon: runIcon,
      isVisible: mayAct,
      isEnabled,
      execute: args => act('run', args)
    });
    commands.addCommand(CommandIDs.clearTask, {
      label: trans.__('Clear Task…'),
      icon: undoIcon,
      isVisible: mayAct,
      isEnabled,
      execute: args => act('clear', args)
    });
    commands.addCommand(CommandIDs.markTask, {
      label: args =>
        args['state'] === 'failed' ? trans.__('Mark Task Failed…') : trans.__('Mark Task Success…'),
      icon: args => (args['state'] === 'failed' ? errorIcon : checkIcon),
      isVisible: mayAct,
      isEnabled,
      execute: args => act(args['state'] === 'failed' ? 'failed' : 'success', args)
    });
    const category = trans.__('Couture');
    palette?.addItem({ command: CommandIDs.runTask, category });
    palette?.addItem({ command: CommandIDs.clearTask, category });
    for (const state of ['success', 'failed']) {
      palette?.addItem({ command: CommandIDs.markTask, args: { state }, category });
    }
  }
};
