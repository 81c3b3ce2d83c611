import { useCallback, useState } from 'react';
import { createPortal } from 'react-dom';
import type { DagActions, MenuItem, TaskTarget } from '../components/actions';
import { ItemMenu } from '../components/ItemMenu';
import type { Translate } from '../model/labels';
import { copyText } from './copyText';

interface OpenMenu {
  readonly items: readonly MenuItem[];
  readonly x: number;
  readonly y: number;
}

export interface Menu extends Pick<DagActions, 'showItems' | 'showTaskMenu'> {
  /** To be drawn with the view. */
  readonly element: JSX.Element | null;
}

/** The menus of a widget. They are part of the page, because a cell keeps what is in it within its borders. */
export function useMenu(trans: Translate): Menu {
  const [menu, setMenu] = useState<OpenMenu | null>(null);
  const showItems = useCallback(
    (items: readonly MenuItem[], x: number, y: number) => setMenu({ items, x, y }),
    []
  );
  const showTaskMenu = useCallback(
    (task: TaskTarget, _trail: unknown, x: number, y: number) => {
      const copy = (): void => copyText(task.taskId);
      setMenu({ items: [{ label: trans.__('Copy Task Id'), run: copy }], x, y });
    },
    [trans]
  );
  const element =
    menu &&
    createPortal(
      <ItemMenu {...menu} label={trans.__('Menu')} onClose={() => setMenu(null)} />,
      document.body
    );
  return { element, showItems, showTaskMenu };
}
