/** What is looked for on a page. A link says the same in one line. */
import { linkTo, readLink, type PageId } from './pageIds';
import { browsePage } from './pages';

export const PAGE_ROWS = 100;

export interface BrowseQuery {
  readonly page: PageId;
  /** By the name of the filter; empty ones are left out. */
  readonly filters: Readonly<Record<string, string>>;
  readonly order: string;
  readonly offset: number;
}

const ORDER = 'order_by';
const OFFSET = 'offset';

export function emptyQuery(page: PageId): BrowseQuery {
  return { page, filters: {}, order: browsePage(page).order, offset: 0 };
}

/** Only filters that the page has and that say something. */
export function knownFilters(
  page: PageId,
  given: Readonly<Record<string, string>>
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    browsePage(page).filters.flatMap(({ name }) => {
      const value = given[name];
      return value === undefined || value === '' ? [] : [[name, value] as const];
    })
  );
}

function hasOrder(page: PageId, order: string): boolean {
  return browsePage(page).columns.some(
    ({ sort }) => sort !== undefined && [sort, `-${sort}`].includes(order)
  );
}

/** What is as usual is left out. */
export function toLink(query: BrowseQuery): string {
  return linkTo(query.page, {
    ...knownFilters(query.page, query.filters),
    ...(query.order === browsePage(query.page).order ? {} : { [ORDER]: query.order }),
    ...(query.offset > 0 ? { [OFFSET]: String(query.offset) } : {})
  });
}

/** The query of a link; null if it is none. What the page does not know is left out. */
export function fromLink(link: string): BrowseQuery | null {
  const read = readLink(link);
  if (!read) {
    return null;
  }
  const { page, values } = read;
  const order = values.get(ORDER) ?? '';
  const offset = Number(values.get(OFFSET) ?? '0');
  return {
    page,
    filters: knownFilters(page, Object.fromEntries(values)),
    order: hasOrder(page, order) ? order : browsePage(page).order,
    offset: Number.isSafeInteger(offset) && offset > 0 ? offset - (offset % PAGE_ROWS) : 0
  };
}
