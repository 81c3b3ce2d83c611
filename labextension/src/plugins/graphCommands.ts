/** Commands on a task of a graph: open the DAG that it runs, copy its id. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { Clipboard, Notification } from '@jupyterlab/apputils';
import { copyIcon } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import { triggeredRuns } from '../api/nesting';
import { CommandIDs } from '../commands';
import { zoomIntoIcon } from '../components/graph/icons';
import { notebookCode } from '../model/notebookCode';
import { readTrail, writeTrail, type TrailStep } from '../model/trail';
import { attempt, LONG_MS, SHORT_MS } from '../panels/tell';
import { ICouture } from '../tokens';
import { text } from './args';

function stepOf(args: ReadonlyPartialJSONObject): TrailStep {
  const { dagId, taskId, runId, mapIndex } = args;
  if (typeof dagId !== 'string' || typeof taskId !== 'string') {
    throw new TypeError('The command needs "dagId" and "taskId".');
  }
  return {
    dagId,
    taskId,
    runId: typeof runId === 'string' ? runId : null,
    mapIndex: typeof mapIndex === 'number' ? mapIndex : -1
  };
}

/** Opens the run that the task made last; the DAG that it is going to run, if it has made none. */
async function zoomInto(
  commands: CommandRegistry,
  { session, trans }: ICouture,
  args: ReadonlyPartialJSONObject
): Promise<void> {
  const step = stepOf(args);
  const { dagId, runId, taskId, mapIndex } = step;
  const runs =
    runId === null ? [] : await triggeredRuns(session.api, dagId, runId, taskId, mapIndex);
  const childDag = runs[0]?.dag_id ?? args['childDag'];
  if (typeof childDag !== 'string' || childDag === '') {
    Notification.info(trans.__('%1 has not run another DAG yet.', taskId), { autoClose: LONG_MS });
    return;
  }
  const trail = writeTrail([...readTrail(args['trail']), step]);
  await commands.execute(CommandIDs.openDag, {
    dagId: childDag,
    tab: 'graph',
    trail,
    ...(runs[0] ? { runId: runs[0].run_id } : { run: runId === null ? 'latest' : 'none' })
  });
}

export const graphCommandsPlugin: JupyterFrontEndPlugin<void> = {
  id: '@jupyter-couture/labextension:graph-commands',
  description: 'Commands on a task of a graph.',
  autoStart: true,
  requires: [ICouture],
  activate: (app: JupyterFrontEnd, couture: ICouture): void => {
    const { commands } = app;
    const { trans } = couture;
    commands.addCommand(CommandIDs.zoomIntoDag, {
      label: trans.__('Zoom into DAG'),
      icon: zoomIntoIcon,
      execute: args => attempt(couture.trans, () => zoomInto(commands, couture, args))
    });
    commands.addCommand(CommandIDs.copyCode, {
      label: trans.__('Copy Code for a Notebook'),
      icon: copyIcon,
      execute: args => {
        const { runId, taskId, mapIndex } = args;
        const subject = {
          dagId: text(args, 'dagId'),
          runId: typeof runId === 'string' ? runId : null,
          taskId: typeof taskId === 'string' ? taskId : null,
          mapIndex: typeof mapIndex === 'number' ? mapIndex : null
        };
        Clipboard.copyToSystem(notebookCode(subject));
        Notification.info(trans.__('Copied. Paste it into a cell of a notebook.'), {
          autoClose: SHORT_MS
        });
      }
    });
    commands.addCommand(CommandIDs.copyTaskId, {
      label: trans.__('Copy Task Id'),
      icon: copyIcon,
      execute: args => Clipboard.copyToSystem(stepOf(args).taskId)
    });
  }
};
