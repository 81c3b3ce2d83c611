import { useEffect, useState, useSyncExternalStore } from 'react';
import type { AttemptRef, CoutureApi } from '../api/rest';
import { NOTHING_READ, NotebookFollower, type NotebookState } from './notebookFollower';
import { useSeen } from './seen';

export interface FollowedNotebook extends NotebookState {
  readonly retry: () => void;
}

interface Followed {
  readonly key: string;
  readonly follower: NotebookFollower;
}

const ignore = (): void => undefined;
const subscribeToNothing = (): (() => void) => ignore;
const nothing = (): NotebookState => NOTHING_READ;

/**
 * The notebook of an attempt (null: of none), followed while it is written and somebody sees it. `moment` changes when
 * the attempt has begun anew.
 */
export function useNotebook(
  api: Pick<CoutureApi, 'get'>,
  attempt: AttemptRef | null,
  moment: string | null
): FollowedNotebook {
  const key = JSON.stringify([attempt, moment]);
  const [followed, setFollowed] = useState<Followed | null>(null);
  const isSeen = useSeen();
  useEffect(() => {
    const [wanted] = JSON.parse(key) as [AttemptRef | null];
    if (wanted === null) {
      return undefined;
    }
    const made = new NotebookFollower(api, wanted);
    setFollowed({ key, follower: made });
    return () => made.dispose();
  }, [api, key]);
  // Until that is done, the one before is still there, and it is of another attempt.
  const follower = followed?.key === key ? followed.follower : null;
  useEffect(() => {
    if (!follower || !isSeen) {
      return undefined;
    }
    follower.resume();
    return () => follower.rest();
  }, [follower, isSeen]);
  const getState = follower?.getState ?? nothing;
  const state = useSyncExternalStore(follower?.subscribe ?? subscribeToNothing, getState, getState);
  return { ...state, retry: () => follower?.resume() };
}
