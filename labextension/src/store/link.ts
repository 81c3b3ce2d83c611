/** What a page of the Browse menu shows, as a link. */
import { createStore, type Store } from './store';

export function createLink(initial: string): Store<string, string> {
  return createStore((_before: string, next: string) => next, initial);
}
