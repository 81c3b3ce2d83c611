import { useEffect, useState } from 'react';

/** Whether the widget is near what is shown of the notebook. */
export function useNear(el: HTMLElement): boolean {
  const [isNear, setNear] = useState(false);
  useEffect(() => {
    const observer = new IntersectionObserver(entries =>
      setNear(entries.some(entry => entry.isIntersecting))
    );
    observer.observe(el);
    return () => observer.disconnect();
  }, [el]);
  return isNear;
}
