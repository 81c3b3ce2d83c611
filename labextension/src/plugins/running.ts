/** Open runs among the lab's running kernels and terminals, to look at or to cancel. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { IRunningSessionManagers, type IRunningSessions } from '@jupyterlab/running';
import { stopIcon } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import { Signal } from '@lumino/signaling';
import { fetchOpenRuns } from '../api/overview';
import { CommandIDs } from '../commands';
import { coutureIcon } from '../icons';
import { formatUtc } from '../model/format';
import { runStateLabel } from '../model/labels';
import { isAllowed } from '../model/permissions';
import type { Run } from '../model/wire';
import { Throttle } from '../store/throttle';
import { ICouture } from '../tokens';

const REFRESH_MS = 1000;
const LISTED = 100;

class OpenRuns implements IRunningSessions.IManager {
  readonly name: string;
  readonly shutdownLabel: string;
  readonly shutdownAllLabel: string;
  readonly shutdownAllConfirmationText: string;
  readonly shutdownItemIcon = stopIcon;
  readonly runningChanged = new Signal<this, void>(this);
  private readonly refresh = new Throttle(() => this.load(), REFRESH_MS);
  private runs: readonly Run[] = [];

  constructor(
    private readonly commands: CommandRegistry,
    private readonly couture: ICouture
  ) {
    const { trans } = couture;
    this.name = trans.__('DAG runs');
    this.shutdownLabel = trans.__('Cancel Run');
    this.shutdownAllLabel = trans.__('Cancel All');
    this.shutdownAllConfirmationText = trans.__(
      'All runs that are queued or under way are cancelled: running tasks are stopped, and no other one starts.'
    );
  }

  running(): IRunningSessions.IRunningItem[] {
    return this.runs.map(run => this.item(run));
  }

  refreshRunning(): void {
    this.refresh.request();
  }

  /** The lab has asked by then whether all are meant. */
  shutdownAll(): void {
    this.runs.filter(run => !run.cancel_requested).forEach(run => this.cancel(run, false));
  }

  private item(run: Run): IRunningSessions.IRunningItem {
    const { trans } = this.couture;
    return {
      icon: () => coutureIcon,
      label: () => run.dag_id,
      labelTitle: () =>
        `${run.run_id}\n${runStateLabel(run.state, trans)}\n${formatUtc(run.started_at ?? run.queued_at)}`,
      detail: () => runStateLabel(run.state, trans),
      open: () =>
        void this.commands.execute(CommandIDs.openDag, {
          dagId: run.dag_id,
          tab: 'graph',
          runId: run.run_id
        }),
      ...(this.mayCancel() && !run.cancel_requested && { shutdown: () => this.cancel(run, true) })
    };
  }

  private mayCancel(): boolean {
    return isAllowed(this.couture.session.store.getState(), 'runs.trigger');
  }

  private cancel(run: Run, asksFirst: boolean): void {
    if (this.mayCancel()) {
      void this.commands.execute(CommandIDs.cancelRun, {
        dagId: run.dag_id,
        runId: run.run_id,
        asksFirst
      });
    }
  }

  private async load(): Promise<void> {
    try {
      this.runs = await fetchOpenRuns(this.couture.session.api, LISTED);
      this.runningChanged.emit();
    } catch {
      // The list stays as it was; the next event or the panel's own refresh asks again.
    }
  }
}

export const runningPlugin: JupyterFrontEndPlugin<void> = {
  id: '@jupyter-couture/labextension:running',
  description: 'Lists open runs in the panel of running sessions.',
  autoStart: true,
  requires: [ICouture],
  optional: [IRunningSessionManagers],
  activate: (
    app: JupyterFrontEnd,
    couture: ICouture,
    managers: IRunningSessionManagers | null
  ): void => {
    if (managers) {
      const runs = new OpenRuns(app.commands, couture);
      managers.add(runs);
      runs.refreshRunning();
      couture.session.news.connect((_, news) => {
        if (news.type === 'reset' || news.events.some(event => event.kind === 'run.state')) {
          runs.refreshRunning();
        }
      });
    }
  }
};
