import { useEffect, useState } from 'react';

const MARK = 'jupyter-widgets-disconnected';

/** Whether the kernel that made the widget is gone: the widget manager marks what it cannot reach any more. */
export function useOrphan(el: HTMLElement): boolean {
  const [isOrphan, setOrphan] = useState(false);
  useEffect(() => {
    const marked = el.closest('.jupyter-widgets') ?? el;
    const look = (): void => setOrphan(marked.classList.contains(MARK));
    const observer = new MutationObserver(look);
    observer.observe(marked, { attributes: true, attributeFilter: ['class'] });
    look();
    return () => observer.disconnect();
  }, [el]);
  return isOrphan;
}
