/** The link that the lab was opened with, `?couture=…`. */
import { linkOfAddress } from '../model/browse/pageIds';

let known: string | null | undefined;

/** The link, taken out of the address when it is first asked for, so that a reload restores the layout; null: none. */
export function startLink(): string | null {
  if (known === undefined) {
    const { pathname, search, hash } = window.location;
    const { link, rest } = linkOfAddress(search);
    known = link;
    if (link !== null) {
      window.history.replaceState(window.history.state, '', `${pathname}${rest}${hash}`);
    }
  }
  return known;
}
