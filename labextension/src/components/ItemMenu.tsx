import { useEffect, useRef, type KeyboardEvent } from 'react';
import type { MenuItem } from './actions';

export interface ItemMenuProps {
  readonly items: readonly MenuItem[];
  /** Client coordinates. */
  readonly x: number;
  readonly y: number;
  readonly label: string;
  readonly onClose: () => void;
}

const STEPS: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1 };

/** A menu for pages that have none: arrow keys, Enter and Escape; a click beside it or a loss of focus closes it. */
export function ItemMenu({ items, x, y, label, onClose }: ItemMenuProps): JSX.Element {
  const menu = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    menu.current?.querySelector('button')?.focus();
    return () => {
      if (before instanceof HTMLElement || before instanceof SVGElement) {
        before.focus();
      }
    };
  }, []);
  const onKeyDown = (event: KeyboardEvent): void => {
    const buttons = [...(menu.current?.querySelectorAll('button') ?? [])];
    const step = STEPS[event.key];
    if (event.key === 'Escape' || event.key === 'Tab') {
      onClose();
    } else if (step !== undefined) {
      const at = buttons.findIndex(button => button === document.activeElement);
      buttons.at((at + step) % buttons.length)?.focus();
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div
      ref={menu}
      className="couture-ItemMenu"
      role="menu"
      aria-label={label}
      data-lm-suppress-shortcuts="true"
      style={{ left: x, top: y }}
      onKeyDown={onKeyDown}
      onBlur={event => {
        if (!event.currentTarget.contains(event.relatedTarget)) {
          onClose();
        }
      }}
    >
      {items.map(item => (
        <button
          key={item.label}
          type="button"
          role="menuitem"
          tabIndex={-1}
          onClick={() => {
            onClose();
            item.run();
          }}
        >
          {item.label}
        </button>
      ))}
    </div>
  );
}
