/** Tells views of what has been, and of what is in use, that a task has changed. */
import { useEffect, useReducer, useRef } from 'react';
import { isTerminal } from '../model/labels';
import type { StreamEvent } from '../model/wire';
import { useNews } from '../store/hooks';
import { useSeen } from '../store/seen';
import type { CoutureSession } from '../store/session';

/** A number that grows with every task of the DAG that ends. */
export function useEnded(session: CoutureSession, dagId: string): number {
  return useCount(
    session,
    event => event.kind === 'task.state' && event.dag_id === dagId && isTerminal(event.data.state)
  );
}

/** A number that grows when slots may have been taken or given back. */
export function useSlotNews(session: CoutureSession): number {
  return useCount(session, ({ kind }) => kind === 'task.state' || kind === 'run.removed');
}

/** Grows with what is of interest; while nobody looks, it waits. */
function useCount(session: CoutureSession, isOfInterest: (event: StreamEvent) => boolean): number {
  const [count, more] = useReducer((before: number) => before + 1, 0);
  const isSeen = useSeen();
  const sight = useRef({ isSeen, isBehind: false });
  sight.current.isSeen = isSeen;
  useNews(session, true, isOfInterest, () => {
    if (sight.current.isSeen) {
      more();
    } else {
      sight.current.isBehind = true;
    }
  });
  useEffect(() => {
    if (isSeen && sight.current.isBehind) {
      sight.current.isBehind = false;
      more();
    }
  }, [isSeen]);
  return count;
}
