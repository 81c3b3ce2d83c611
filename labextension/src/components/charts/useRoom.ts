import { useEffect, useState } from 'react';

/** The height of an element in pixels, followed; null until it is known and where it is not wanted. */
export function useRoom(
  isWanted: boolean
): readonly [number | null, (element: HTMLElement | null) => void] {
  const [element, setElement] = useState<HTMLElement | null>(null);
  const [height, setHeight] = useState<number | null>(null);
  useEffect(() => {
    if (!isWanted || !element) {
      return undefined;
    }
    const observer = new ResizeObserver(() => setHeight(element.clientHeight));
    observer.observe(element);
    return () => observer.disconnect();
  }, [isWanted, element]);
  return [isWanted ? height : null, setElement];
}
