/** Renders a component into the document and cleans up after it. */
import { act, type ReactElement } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { vi } from 'vitest';

vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true);

export interface Rendered {
  readonly host: HTMLElement;
  rerender(element: ReactElement): void;
  find(selector: string): HTMLElement;
  click(selector: string, init?: MouseEventInit): void;
  press(selector: string, key: string): void;
  unmount(): void;
}

export function render(element: ReactElement): Rendered {
  const host = document.createElement('div');
  document.body.append(host);
  const root: Root = createRoot(host);
  const rerender = (next: ReactElement): void => act(() => root.render(next));
  rerender(element);
  const find = (selector: string): HTMLElement => {
    const found = host.querySelector<HTMLElement>(selector);
    if (!found) {
      throw new Error(`nothing matches ${selector} in ${host.innerHTML}`);
    }
    return found;
  };
  return {
    host,
    rerender,
    find,
    click: (selector, init = {}) =>
      act(() => {
        find(selector).dispatchEvent(new MouseEvent('click', { bubbles: true, ...init }));
      }),
    press: (selector, key) =>
      act(() => {
        find(selector).dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
      }),
    unmount: () => {
      act(() => root.unmount());
      host.remove();
    }
  };
}
