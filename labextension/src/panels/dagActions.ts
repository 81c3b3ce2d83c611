/** What the views ask for, carried out by commands: the palette, menus and buttons then do the same. */
import type { CommandRegistry } from '@lumino/commands';
import { Menu } from '@lumino/widgets';
import { CommandIDs } from '../commands';
import type { DagActions } from '../components/actions';
import { isPaused } from '../model/selectors';
import { writeTrail } from '../model/trail';
import type { CoutureSession } from '../store/session';
import { SHOWN_TABS } from './tabs';
import { openTaskMenu, taskArgs } from './taskMenu';

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
    showTaskMenu: (task, trail, x, y) => openTaskMenu(commands, task, trail, x, y),
    setPaused: (dagId, paused) => run(CommandIDs.setPaused, { dagId, isPaused: paused }),
    trigger: (dagId, withConf) => run(CommandIDs.trigger, { dagId, withConf }),
    refresh: dagId => run(CommandIDs.refreshDag, { dagId }),
    openNotebook: path => run(CommandIDs.openNotebook, { path }),
    openFile: (file, line) => run(CommandIDs.openFile, { file, line }),
    showMenu: (dagId, x, y) => {
      const menu = new Menu({ commands });
      const add = (command: string, args: Record<string, string | boolean>): void => {
        if (commands.hasCommand(command)) {
          menu.addItem({ command, args: { dagId, ...args } });
        }
      };
      add(CommandIDs.trigger, {});
      add(CommandIDs.trigger, { withConf: true });
      menu.addItem({ type: 'separator' });
      for (const tab of SHOWN_TABS) {
        add(CommandIDs.openDag, { tab });
      }
      menu.addItem({ type: 'separator' });
      add(CommandIDs.setPaused, { isPaused: !isPaused(session.store.getState(), dagId) });
      add(CommandIDs.refreshDag, {});
      menu.aboutToClose.connect(() => requestAnimationFrame(() => menu.dispose()));
      menu.open(x, y);
    }
  };
}
