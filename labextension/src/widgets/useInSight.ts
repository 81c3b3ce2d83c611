import { useEffect, useState } from 'react';

/** Whether any of the widget is in sight: not scrolled away, and not behind another tab. */
export function useInSight(el: HTMLElement): boolean {
  const [isInSight, setInSight] = useState(false);
  useEffect(() => {
    // It may have come and gone before this is told: the last entry says how it is.
    const observer = new IntersectionObserver(entries =>
      setInSight(entries.at(-1)?.isIntersecting ?? false)
    );
    observer.observe(el);
    return () => observer.disconnect();
  }, [el]);
  return isInSight;
}
