/** A value that changes by actions and tells who listens. Knows nothing of React or of Couture. */
export interface Readable<S> {
  getState(): S;
  /** Returns the function that ends the subscription. */
  subscribe(listener: () => void): () => void;
}

export interface Store<S, A> extends Readable<S> {
  dispatch(action: A): void;
}

export function createStore<S, A>(reduce: (state: S, action: A) => S, initial: S): Store<S, A> {
  const listeners = new Set<() => void>();
  let state = initial;
  return {
    getState: () => state,
    subscribe: listener => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    dispatch: action => {
      const next = reduce(state, action);
      if (next !== state) {
        state = next;
        for (const listener of [...listeners]) {
          listener();
        }
      }
    }
  };
}

/** A store without a reducer, for the state of one view: the action is the part that changes. */
export function createValue<S extends object>(initial: S): Store<S, Partial<S>> {
  return createStore((state, patch) => {
    const isSame = Object.entries(patch).every(([key, value]) =>
      Object.is(state[key as keyof S], value)
    );
    return isSame ? state : { ...state, ...patch };
  }, initial);
}
