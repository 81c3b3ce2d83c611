/** Fetches a shown list again when something has happened, when one comes back to it, and now and then. */
import { useEffect, useRef, useState, type RefObject } from 'react';
import type { CoutureSession } from './session';

const GAP_MS = 2000;
const TICK_MS = 500;

export interface RefreshOptions {
  readonly session: CoutureSession;
  /** Nothing is fetched while this element is not to be seen. */
  readonly place: RefObject<HTMLElement>;
  /** The rows stay as they are, because somebody is at work with them. */
  readonly isHeld: boolean;
  /** Also fetch after so long, whatever the stream says. */
  readonly everyMs: number;
  readonly refresh: () => void;
}

/** Whether something has happened that the held rows do not show. */
export function useRefresh({ session, place, isHeld, everyMs, refresh }: RefreshOptions): boolean {
  const [isBehind, setBehind] = useState(false);
  const latest = useRef({ refresh, isHeld });
  latest.current = { refresh, isHeld };
  useEffect(() => {
    let isDirty = false;
    let seq = session.store.getState().seq;
    let last = Date.now();
    let isBack = false;
    const comeBack = (): void => {
      isBack = true;
    };
    window.addEventListener('focus', comeBack);
    const stop = session.store.subscribe(() => {
      const now = session.store.getState().seq;
      isDirty ||= now !== seq;
      seq = now;
    });
    const timer = window.setInterval(() => {
      const waited = Date.now() - last;
      const isSeen =
        document.visibilityState === 'visible' && (place.current?.offsetParent ?? null) !== null;
      isBack ||= !isSeen;
      if (!isSeen || !(((isDirty || isBack) && waited >= GAP_MS) || waited >= everyMs)) {
        return;
      }
      if (latest.current.isHeld) {
        setBehind(isDirty);
        return;
      }
      isDirty = false;
      isBack = false;
      last = Date.now();
      setBehind(false);
      latest.current.refresh();
    }, TICK_MS);
    return () => {
      stop();
      window.removeEventListener('focus', comeBack);
      window.clearInterval(timer);
    };
  }, [session, place, everyMs]);
  return isBehind && isHeld;
}
