import { useCallback, useLayoutEffect, useRef } from 'react';

const PANEL = '.couture-TaskPanel';

/** Where the focus was when `subject` came to be shown; closing brings it back there. */
export function useReturnFocus(subject: string, close: () => void): () => void {
  const origin = useRef<Element | null>(null);
  useLayoutEffect(() => {
    const active = document.activeElement;
    if (active !== null && !active.closest(PANEL)) {
      origin.current = active;
    }
  }, [subject]);
  const latest = useRef(close);
  latest.current = close;
  return useCallback(() => {
    const hadFocus = document.activeElement?.closest(PANEL) ?? null;
    latest.current();
    const back = origin.current;
    const canFocus = back instanceof HTMLElement || back instanceof SVGElement;
    if (hadFocus && canFocus && back.isConnected) {
      back.focus();
    }
  }, []);
}
