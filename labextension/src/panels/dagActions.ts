/** What the views ask for, carried out by commands: the palette, menus and buttons then do the same. */
import type { CommandRegistry } from '@lumino/commands';
import { Menu } from '@lumino/widgets';
import { CommandIDs } from '../commands';
import type { DagActions, DagListActions } from '../components/actions';
import { tabsFor } from '../model/dagTabs';
import { isAllowed, type Permission } from '../model/permissions';
import { isPaused } from '../model/selectors';
import { writeTrail } from '../model/trail';
import type { CoutureSession } from '../store/session';
import { openItemMenu } from './itemMenu';
import { openMenu } from './openMenu';
import { openTaskMenu, taskArgs } from './taskMenu';

/** A command of another plugin; without it nothing offers what it does. */
export const BROWSE = 'couture:browse';

export function createDagActions(commands: CommandRegistry, session: CoutureSession): DagActions {
  const run = (
    id: string,
    args: Readonly<Record<string, string | number | boolean | null>>
  ): void => {
    if (commands.hasCommand(id)) {
      void commands.execute(id, args);
    }
  };
  return {
    open: (dagId, { trail, ...target } = {}) =>
      run(CommandIDs.openDag, {
        dagId,
        ...target,
        ...(trail && trail.length > 0 ? { trail: writeTrail(trail) } : {})
      }),
    zoomInto: (task, trail) => run(CommandIDs.zoomIntoDag, taskArgs(task, trail)),
    showItems: openItemMenu,
    showTaskMenu: (task, trail, x, y) => openTaskMenu(commands, task, trail, x, y),
    setPaused: (dagId, paused) => run(CommandIDs.setPaused, { dagId, isPaused: paused }),
    trigger: (dagId, withConf) => run(CommandIDs.trigger, { dagId, withConf }),
    refresh: dagId => run(CommandIDs.refreshDag, { dagId }),
    deleteDag: dagId => run(CommandIDs.deleteDag, { dagId }),
    showRunMenu: (dagId, runId, x, y) => {
      const menu = new Menu({ commands });
      const add = (command: string, args: Record<string, string | boolean> = {}): void => {
        if (commands.hasCommand(command)) {
          menu.addItem({ command, args: { dagId, runId, ...args } });
        }
      };
      add(CommandIDs.clearRun);
      add(CommandIDs.clearRun, { onlyFailed: true });
      add(CommandIDs.markRun, { state: 'success' });
      add(CommandIDs.markRun, { state: 'failed' });
      menu.addItem({ type: 'separator' });
      add(CommandIDs.deleteRun);
      openMenu(menu, x, y);
    },
    get backfill() {
      return commands.hasCommand(CommandIDs.backfill)
        ? (dagId: string) => run(CommandIDs.backfill, { dagId })
        : undefined;
    },
    openNotebook: path => run(CommandIDs.openNotebook, { path }),
    openFile: (file, line) => run(CommandIDs.openFile, { file, line }),
    openOverview: () => run(CommandIDs.openOverview, {}),
    showMenu: (dagId, x, y) => {
      const menu = new Menu({ commands });
      menu.addClass('couture-Menu');
      const may = (permission: Permission): boolean =>
        isAllowed(session.store.getState(), permission);
      const add = (
        command: string,
        args: Record<string, string | boolean>,
        permission?: Permission
      ): void => {
        if (commands.hasCommand(command) && (!permission || may(permission))) {
          menu.addItem({ command, args: { dagId, ...args } });
        }
      };
      add(CommandIDs.trigger, {}, 'runs.trigger');
      add(CommandIDs.trigger, { withConf: true }, 'runs.trigger');
      add(CommandIDs.backfill, {}, 'runs.trigger');
      menu.addItem({ type: 'separator' });
      for (const tab of tabsFor(may)) {
        add(CommandIDs.openDag, { tab });
      }
      add(CommandIDs.copyCode, {});
      menu.addItem({ type: 'separator' });
      const isOff = isPaused(session.store.getState(), dagId);
      add(CommandIDs.setPaused, { isPaused: !isOff }, 'dags.edit');
      add(CommandIDs.refreshDag, {}, 'dags.edit');
      add(CommandIDs.deleteDag, {}, 'dags.delete');
      openMenu(menu, x, y);
    }
  };
}

/** The same, and what the list of DAGs asks for beyond it. */
export function createListActions(
  commands: CommandRegistry,
  session: CoutureSession
): DagListActions {
  const browse = (page: string, dagId: string, state: string | null): void => {
    const filters = { dag_id: dagId, ...(state === null ? {} : { state }) };
    void commands.execute(BROWSE, { page, filters });
  };
  return {
    ...createDagActions(commands, session),
    remove: dagId => void commands.execute(CommandIDs.deleteDag, { dagId }),
    browseTasks: (dagId, state) => browse('tasks', dagId, state),
    browseRuns: (dagId, state) => browse('runs', dagId, state)
  };
}
