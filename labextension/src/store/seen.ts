/** Whether anybody sees a view: what is behind another tab, or in a window out of sight, asks the server nothing. */
import { createContext, useContext, useSyncExternalStore } from 'react';

/** Whether the panel around a view is shown. A view without a panel around it, as in a notebook, counts as shown. */
export const Seen = createContext(true);

function subscribe(listener: () => void): () => void {
  document.addEventListener('visibilitychange', listener);
  return () => document.removeEventListener('visibilitychange', listener);
}

function isWindowSeen(): boolean {
  return document.visibilityState !== 'hidden';
}

export function useSeen(): boolean {
  const isPanelSeen = useContext(Seen);
  return useSyncExternalStore(subscribe, isWindowSeen, isWindowSeen) && isPanelSeen;
}
