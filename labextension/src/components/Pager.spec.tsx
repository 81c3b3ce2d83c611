// @vitest-environment jsdom
import { afterEach, describe, expect, it, vi } from 'vitest';
import { english } from '../testing/builders';
import { render, type Rendered } from '../testing/render';
import { Pager } from './Pager';

let shown: Rendered | null = null;

afterEach(() => {
  shown?.unmount();
  shown = null;
});

describe('the pager', () => {
  it('says which entries are shown and leads to the other pages (S072)', () => {
    const onOffset = vi.fn();
    const onPageSize = vi.fn();
    const pager = (offset: number, shownRows: number): JSX.Element => (
      <Pager
        offset={offset}
        shown={shownRows}
        total={30}
        pageSize={25}
        sizes={[25, 50]}
        trans={english}
        onOffset={onOffset}
        onPageSize={onPageSize}
      />
    );
    shown = render(pager(0, 25));
    expect(shown.find('[data-couture="showing"]').textContent).toBe(
      'Showing 1 to 25 of 30 entries'
    );
    expect(shown.find('nav').textContent).toBe('«<12>»');
    expect(shown.find('[aria-current="page"]').textContent).toBe('1');
    expect((shown.find('[aria-label="Previous page"]') as HTMLButtonElement).disabled).toBe(true);
    shown.click('[aria-label="Next page"]');
    expect(onOffset).toHaveBeenLastCalledWith(25);
    shown.rerender(pager(25, 5));
    expect(shown.find('[data-couture="showing"]').textContent).toBe(
      'Showing 26 to 30 of 30 entries'
    );
    expect((shown.find('[aria-label="Last page"]') as HTMLButtonElement).disabled).toBe(true);
    shown.click('[aria-label="First page"]');
    expect(onOffset).toHaveBeenLastCalledWith(0);
  });

  it('says if there are more than were counted, and leads on to them', () => {
    const onOffset = vi.fn();
    const pager = (offset: number, shownRows: number): JSX.Element => (
      <Pager
        offset={offset}
        shown={shownRows}
        total={100}
        hasMore
        pageSize={25}
        trans={english}
        onOffset={onOffset}
      />
    );
    shown = render(pager(75, 25));
    expect(shown.find('[data-couture="showing"]').textContent).toBe(
      'Showing 76 to 100 of more than 100 entries'
    );
    shown.click('[aria-label="Next page"]');
    expect(onOffset).toHaveBeenLastCalledWith(100);
    shown.rerender(pager(100, 7));
    expect(shown.find('[data-couture="showing"]').textContent).toBe(
      'Showing 101 to 107 of 107 entries'
    );
    expect((shown.find('[aria-label="Next page"]') as HTMLButtonElement).disabled).toBe(true);
  });
});
