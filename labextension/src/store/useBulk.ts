/** Does something to several DAGs, a few at a time, and says how far it is. */
import { useEffect, useRef, useState } from 'react';
import { problemOf } from '../api/errors';
import { oneMore, type Bulk, type BulkVerb } from '../model/bulk';
import type { CoutureSession } from './session';

const AT_ONCE = 4;

function act(session: CoutureSession, verb: BulkVerb, dagId: string): Promise<unknown> {
  switch (verb) {
    case 'turn-on':
      return session.setPaused(dagId, false);
    case 'turn-off':
      return session.setPaused(dagId, true);
    case 'trigger':
      return session.trigger(dagId);
    case 'refresh':
      return session.refresh(dagId);
  }
}

export interface BulkWork {
  /** What is under way or was done last; null once it was dismissed. */
  readonly bulk: Bulk | null;
  /** Resolves to the DAGs that failed. */
  start(verb: BulkVerb, dagIds: readonly string[]): Promise<readonly string[]>;
  dismiss(): void;
}

export function useBulk(session: CoutureSession): BulkWork {
  const [bulk, setBulk] = useState<Bulk | null>(null);
  const isThere = useRef(true);
  useEffect(() => {
    isThere.current = true;
    return () => {
      isThere.current = false;
    };
  }, []);
  return {
    bulk,
    dismiss: () => setBulk(null),
    start: async (verb, dagIds) => {
      let now: Bulk = { verb, total: dagIds.length, done: 0, failures: [] };
      setBulk(now);
      const waiting = [...dagIds];
      const worker = async (): Promise<void> => {
        for (let dagId = waiting.shift(); dagId !== undefined; dagId = waiting.shift()) {
          const failure = await act(session, verb, dagId).then(
            () => null,
            (error: unknown) => ({ dagId: dagId as string, message: problemOf(error).message })
          );
          now = oneMore(now, failure);
          if (isThere.current) {
            setBulk(now);
          }
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, worker));
      return now.failures.map(each => each.dagId);
    }
  };
}
