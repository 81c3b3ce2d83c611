/** A menu of a few acts that no command is worth having for. */
import { CommandRegistry } from '@lumino/commands';
import { Menu } from '@lumino/widgets';
import type { MenuItem } from '../components/actions';
import { openMenu } from './openMenu';

export function openItemMenu(items: readonly MenuItem[], x: number, y: number): void {
  const commands = new CommandRegistry();
  const menu = new Menu({ commands });
  items.forEach(({ label, run }, index) => {
    const command = `item-${index}`;
    commands.addCommand(command, { label, execute: run });
    menu.addItem({ command });
  });
  openMenu(menu, x, y);
}
