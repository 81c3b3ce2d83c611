/** What jsdom lacks and the lab's libraries need. Tests of the model run without a DOM. */
import { vi } from 'vitest';

if (typeof window !== 'undefined') {
  vi.stubGlobal('DragEvent', class extends MouseEvent {});
  vi.stubGlobal(
    'ResizeObserver',
    class {
      observe(): void {}
      unobserve(): void {}
      disconnect(): void {}
    }
  );
  vi.stubGlobal('requestIdleCallback', (action: () => void) => window.setTimeout(action, 0));
  vi.stubGlobal('cancelIdleCallback', (handle: number) => window.clearTimeout(handle));
  window.matchMedia ??= (query: string) =>
    Object.assign(new EventTarget(), {
      matches: false,
      media: query,
      onchange: null,
      addListener: () => undefined,
      removeListener: () => undefined
    });
  document.queryCommandSupported ??= () => false;
}
