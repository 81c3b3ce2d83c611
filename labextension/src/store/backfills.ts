/** The backfills of a DAG that go on, looked at every few seconds while there are any. */
import { useEffect, useReducer } from 'react';
import { openBackfills } from '../api/backfills';
import type { Backfill } from '../model/wireOrders';
import { useFetched, useNow, useSelected } from './hooks';
import type { CoutureSession } from './session';
import { createValue, type Store } from './store';

interface Changed {
  readonly round: number;
}

const CHANGES = new WeakMap<CoutureSession, Store<Changed, Partial<Changed>>>();
const LOOK_EVERY_MS = 2000;
const NONE: readonly Backfill[] = [];

function changesOf(session: CoutureSession): Store<Changed, Partial<Changed>> {
  let found = CHANGES.get(session);
  if (!found) {
    found = createValue<Changed>({ round: 0 });
    CHANGES.set(session, found);
  }
  return found;
}

/** Says that a backfill was started, or stopped, so that all who show them look again. */
export function backfillsChanged(session: CoutureSession): void {
  const changes = changesOf(session);
  changes.dispatch({ round: changes.getState().round + 1 });
}

/** The open ones, newest first; `newestRun` changes when the DAG gets a run, maybe of a new backfill. */
export function useOpenBackfills(
  session: CoutureSession,
  dagId: string,
  newestRun: string | null
): readonly Backfill[] {
  const round = useSelected(changesOf(session), state => state.round);
  const [isOpen, setOpen] = useReducer((_: boolean, next: boolean) => next, false);
  const now = useNow(isOpen ? LOOK_EVERY_MS : null);
  const key = [dagId, round, newestRun, isOpen ? now : 0];
  const found = useFetched(JSON.stringify(key), () => openBackfills(session.api, dagId), dagId);
  const open = found.value ?? NONE;
  useEffect(() => setOpen(open.length > 0), [open.length]);
  return open;
}
