/** Tells views of what has been, and of what is in use, that a task has changed. */
import { useReducer } from 'react';
import { isTerminal } from '../model/labels';
import type { StreamEvent } from '../model/wire';
import { useNews } from '../store/hooks';
import type { CoutureSession } from '../store/session';

/** A number that grows with every task of the DAG that ends. */
export function useEnded(session: CoutureSession, dagId: string): number {
  return useTaskNews(session, event => event.dag_id === dagId && isTerminal(event.data.state));
}

/** A number that grows with every task of any DAG that changes its state. */
export function useMoved(session: CoutureSession): number {
  return useTaskNews(session, () => true);
}

type TaskEvent = Extract<StreamEvent, { kind: 'task.state' }>;

function useTaskNews(session: CoutureSession, isOfInterest: (event: TaskEvent) => boolean): number {
  const [count, more] = useReducer((before: number) => before + 1, 0);
  useNews(session, true, event => event.kind === 'task.state' && isOfInterest(event), more);
  return count;
}
