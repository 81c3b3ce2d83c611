import type { Menu } from '@lumino/widgets';

/** Opens a menu for this once. When it closes the focus goes back to where it was: a menu alone leaves it nowhere. */
export function openMenu(menu: Menu, x: number, y: number): void {
  const before = document.activeElement;
  menu.aboutToClose.connect(() => {
    if (before instanceof HTMLElement || before instanceof SVGElement) {
      before.focus({ preventScroll: true });
    }
    requestAnimationFrame(() => menu.dispose());
  });
  menu.open(x, y);
}
