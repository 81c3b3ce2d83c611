/** The menu of a task instance: what commands exist for one, and what makes sense for this one. */
import type { CommandRegistry } from '@lumino/commands';
import { Menu } from '@lumino/widgets';
import { CommandIDs } from '../commands';
import type { TaskTarget } from '../components/actions';
import { writeTrail, type Trail } from '../model/trail';
import { openMenu } from './openMenu';

type Args = Readonly<Record<string, string | number | null>>;

/** Commands of the task panel that are for all instances of a mapped task as well as for one, where it brings them. */
const ACTIONS: readonly (readonly [string, Args])[] = [
  ['couture:clear-task', {}],
  ['couture:mark-task', { state: 'success' }],
  ['couture:mark-task', { state: 'failed' }]
];

/** The arguments of a command about a task instance. */
export function taskArgs(task: TaskTarget, trail: Trail): Args {
  const { dagId, runId, taskId, mapIndex, childDag } = task;
  return { dagId, runId, taskId, mapIndex, childDag, trail: writeTrail(trail) };
}

export function openTaskMenu(
  commands: CommandRegistry,
  task: TaskTarget,
  trail: Trail,
  x: number,
  y: number
): void {
  const menu = new Menu({ commands });
  const { dagId, runId, taskId, mapIndex } = task;
  const where: Args = { dagId, runId, taskId, mapIndex };
  const add = (command: string, args: Args): void => {
    if (commands.hasCommand(command)) {
      menu.addItem({ command, args });
    }
  };
  add(CommandIDs.openDag, {
    ...where,
    ...(trail.length > 0 ? { trail: writeTrail(trail) } : {})
  });
  if (task.runsDag) {
    add(CommandIDs.zoomIntoDag, taskArgs(task, trail));
  }
  if (runId !== null) {
    menu.addItem({ type: 'separator' });
    if (!task.isMapped) {
      add('couture:run-task', where);
    }
    ACTIONS.forEach(([command, args]) => add(command, { ...where, ...args }));
  }
  menu.addItem({ type: 'separator' });
  add(CommandIDs.copyTaskId, where);
  add(CommandIDs.copyCode, where);
  openMenu(menu, x, y);
}
