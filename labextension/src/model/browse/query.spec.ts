import { describe, expect, it } from 'vitest';
import { addressOf, linkOfAddress, linkTo, PAGE_IDS, readLink } from './pageIds';
import { browsePage } from './pages';
import { emptyQuery, fromLink, PAGE_ROWS, toLink, type BrowseQuery } from './query';

/** A repeatable source of numbers in [0, 1). */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}

const AWKWARD = ['a', '&', '=', '?', '#', '%', '+', ' ', '/', 'ü', '\u{1f600}', '"', ':', ','];

function anyQuery(next: () => number): BrowseQuery {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T;
  const page = browsePage(pick(PAGE_IDS));
  const word = (): string =>
    Array.from({ length: 1 + Math.floor(next() * 6) }, () => pick(AWKWARD)).join('');
  const filters = page.filters
    .filter(() => next() < 0.5)
    .map(({ name }) => [name, word()] as const);
  const orders = page.columns.flatMap(({ sort }) => (sort ? [sort, `-${sort}`] : []));
  return {
    page: page.id,
    filters: Object.fromEntries(filters),
    order: orders.length > 0 ? pick(orders) : page.order,
    offset: Math.floor(next() * 5) * PAGE_ROWS
  };
}

describe('a link to a page of the Browse menu', () => {
  it('says what is looked for, whatever that is (500 queries)', () => {
    const next = numbers(7);
    for (let round = 0; round < 500; round += 1) {
      const query = anyQuery(next);
      expect(fromLink(toLink(query))).toEqual(query);
      const address = new URL(addressOf('http://host:8888/lab', toLink(query)));
      expect(linkOfAddress(address.search)).toEqual({ link: toLink(query), rest: '' });
    }
  });

  it('is short where all is as usual', () => {
    for (const page of PAGE_IDS) {
      expect(toLink(emptyQuery(page))).toBe(`browse/${page}`);
      expect(fromLink(`browse/${page}`)).toEqual(emptyQuery(page));
    }
    expect(linkTo('runs', { state: 'failed' })).toBe('browse/runs?state=failed');
  });

  it('leaves out what the page does not know', () => {
    const query = fromLink('browse/runs?colour=red&state=failed&order_by=colour&offset=250');
    expect(query).toEqual({ ...emptyQuery('runs'), filters: { state: 'failed' }, offset: 200 });
    expect(fromLink('browse/runs?offset=-3')?.offset).toBe(0);
    expect(fromLink('browse/colours')).toBeNull();
    expect(fromLink('runs')).toBeNull();
    expect(readLink('')).toBeNull();
  });
});

describe('the address of the lab', () => {
  it('may hold a link that was written by hand', () => {
    expect(linkOfAddress('?couture=browse/runs?state=failed&dag_id=x')).toEqual({
      link: 'browse/runs?state=failed&dag_id=x',
      rest: ''
    });
    expect(linkOfAddress('?token=t&couture=browse/jobs&reset')).toEqual({
      link: 'browse/jobs',
      rest: '?token=t&reset'
    });
    expect(linkOfAddress('?token=t&couture=browse%2Fruns%3Fstate%3Dfailed%26dag_id%3Dx')).toEqual({
      link: 'browse/runs?state=failed&dag_id=x',
      rest: '?token=t'
    });
  });

  it('may hold none, or one that cannot be read', () => {
    expect(linkOfAddress('')).toEqual({ link: null, rest: '' });
    expect(linkOfAddress('?token=t')).toEqual({ link: null, rest: '?token=t' });
    expect(linkOfAddress('?couture=%E0%A4%A')).toEqual({ link: null, rest: '' });
  });
});
