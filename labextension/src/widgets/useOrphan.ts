import { useEffect, useState } from 'react';
import type { KernelOfWidgets, WidgetModel } from './model';

const MARK = 'jupyter-widgets-disconnected';
const LOOK_MS = 3000;

/** The kernel that the manager of widgets speaks to; null if there is none, undefined if it does not say. */
function kernelOf(model: WidgetModel): KernelOfWidgets | null | undefined {
  const kernel = model.widget_manager?.kernel;
  return kernel?.isDisposed || kernel?.status === 'dead' ? null : kernel;
}

/**
 * Whether the kernel that made the widget is gone. The widget manager marks its widgets when a kernel is started again
 * by hand, but not when it dies, ends for good, or goes with its server.
 */
export function useOrphan(el: HTMLElement, model: WidgetModel): boolean {
  const [isOrphan, setOrphan] = useState(false);
  useEffect(() => {
    const marked = el.closest('.jupyter-widgets') ?? el;
    const maker = kernelOf(model);
    let hasDied = false;
    const look = (): void =>
      setOrphan(hasDied || marked.classList.contains(MARK) || kernelOf(model)?.id !== maker?.id);
    const onStatus = (_kernel: unknown, status: string): void => {
      hasDied ||= status === 'autorestarting';
      look();
    };
    const observer = new MutationObserver(look);
    observer.observe(marked, { attributes: true, attributeFilter: ['class'] });
    maker?.statusChanged.connect(onStatus);
    const timer = setInterval(look, LOOK_MS);
    look();
    return () => {
      observer.disconnect();
      maker?.statusChanged.disconnect(onStatus);
      clearInterval(timer);
    };
  }, [el, model]);
  return isOrphan;
}
