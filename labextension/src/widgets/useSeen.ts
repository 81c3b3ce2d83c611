import { useEffect, useState } from 'react';

/** Whether somebody may see the widget: not scrolled away, and its page is in front. */
export function useSeen(el: HTMLElement): boolean {
  const [isNear, setNear] = useState(false);
  const [isInFront, setInFront] = useState(() => document.visibilityState === 'visible');
  useEffect(() => {
    const observer = new IntersectionObserver(entries =>
      setNear(entries.some(entry => entry.isIntersecting))
    );
    const look = (): void => setInFront(document.visibilityState === 'visible');
    observer.observe(el);
    document.addEventListener('visibilitychange', look);
    return () => {
      observer.disconnect();
      document.removeEventListener('visibilitychange', look);
    };
  }, [el]);
  return isNear && isInFront;
}
