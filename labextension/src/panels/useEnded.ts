/** Tells views of past runs that a task has ended. */
import { useReducer } from 'react';
import { isTerminal } from '../model/labels';
import { useNews } from '../store/hooks';
import type { CoutureSession } from '../store/session';

/** A number that grows with every task of the DAG that ends. */
export function useEnded(session: CoutureSession, dagId: string): number {
  const [count, more] = useReducer((before: number) => before + 1, 0);
  useNews(
    session,
    true,
    event => event.kind === 'task.state' && event.dag_id === dagId && isTerminal(event.data.state),
    more
  );
  return count;
}
