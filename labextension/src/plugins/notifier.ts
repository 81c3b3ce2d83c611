/** Messages about failed runs, for those who want them: one at a time, with the way to the log. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import type { CommandRegistry } from '@lumino/commands';
import { fetchFirstFailed } from '../api/overview';
import { CommandIDs } from '../commands';
import { FailureGathering, failedRuns, type FailureMessage } from '../model/failures';
import { ICouture } from '../tokens';

const SHOWN_MS = 15_000;

async function showLog(
  commands: CommandRegistry,
  { session }: ICouture,
  { run }: FailureMessage
): Promise<void> {
  const task = await fetchFirstFailed(session.api, run.dagId, run.runId).catch(() => null);
  await commands.execute(CommandIDs.openDag, {
    dagId: run.dagId,
    tab: 'graph',
    runId: run.runId,
    ...(task && { taskId: task.task_id, mapIndex: task.map_index })
  });
}

function tell(commands: CommandRegistry, couture: ICouture, message: FailureMessage): void {
  const { trans } = couture;
  const { run, others } = message;
  const about = trans.__('A run of %1 failed: %2', run.dagId, run.runId);
  const more = trans._n('And %1 more run failed.', 'And %1 more runs failed.', others);
  Notification.error(others > 0 ? `${about}\n\n${more}` : about, {
    autoClose: SHOWN_MS,
    actions: [
      {
        label: trans.__('Show log'),
        displayType: 'accent',
        callback: () => void showLog(commands, couture, message)
      },
      ...(others > 0
        ? [
            {
              label: trans.__('Overview'),
              callback: () => void commands.execute(CommandIDs.openOverview)
            }
          ]
        : [])
    ]
  });
}

export const notifierPlugin: JupyterFrontEndPlugin<void> = {
  id: '@jupyter-couture/labextension:notifier',
  description: 'Tells when a run fails, if the user wants to know.',
  autoStart: true,
  requires: [ICouture],
  activate: (app: JupyterFrontEnd, couture: ICouture): void => {
    const { session, settings } = couture;
    const gathering = new FailureGathering();
    let timer: number | null = null;
    const look = (): void => {
      const message = gathering.take(Date.now());
      if (message) {
        tell(app.commands, couture, message);
      }
      const wait = gathering.wait(Date.now());
      if (wait !== null && timer === null) {
        timer = window.setTimeout(() => {
          timer = null;
          look();
        }, wait);
      }
    };
    session.news.connect((_, news) => {
      if (news.type === 'events' && settings.getState().notifyOnFailure === 'all') {
        gathering.add(failedRuns(news.events));
        look();
      }
    });
  }
};
