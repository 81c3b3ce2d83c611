// @vitest-environment jsdom
import { expect, it, vi } from 'vitest';
import { render } from '../testing/render';
import { ItemMenu } from './ItemMenu';

function shown(): { run: () => void; close: () => void; view: ReturnType<typeof render> } {
  const run = vi.fn();
  const close = vi.fn();
  const items = [
    { label: 'SVG', run: vi.fn() },
    { label: 'PNG', run }
  ];
  const view = render(<ItemMenu items={items} x={1} y={2} label="Download" onClose={close} />);
  return { run, close, view };
}

it('begins at the first item, steps round with the arrows, and runs what is chosen', () => {
  const { run, close, view } = shown();
  expect(document.activeElement?.textContent).toBe('SVG');
  view.press('[role=menu]', 'ArrowDown');
  expect(document.activeElement?.textContent).toBe('PNG');
  view.press('[role=menu]', 'ArrowDown');
  expect(document.activeElement?.textContent).toBe('SVG');
  view.press('[role=menu]', 'ArrowUp');
  view.click('button:last-child');
  expect(run).toHaveBeenCalledOnce();
  expect(close).toHaveBeenCalledOnce();
  view.unmount();
});

it('goes away with Escape and gives the focus back', () => {
  const before = document.body.appendChild(document.createElement('button'));
  before.focus();
  const { close, view } = shown();
  view.press('[role=menu]', 'Escape');
  expect(close).toHaveBeenCalled();
  view.unmount();
  expect(document.activeElement).toBe(before);
});
