import type { Found } from '../../model/browse/page';
import { PAGE_ROWS } from '../../model/browse/query';
import type { Translate } from '../../model/labels';

export interface FooterProps {
  readonly found: Found;
  readonly offset: number;
  readonly trans: Translate;
  readonly onOffset: (offset: number) => void;
}

/** `6912` as `6,912`. */
export function grouped(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** The number of rows that match; a server that stops counting says so. */
export function recordCount({ total, hasMore }: Found, trans: Translate): string {
  return hasMore ? trans.__('more than %1', grouped(total)) : grouped(total);
}

/** Which rows are shown of how many, and the way to the others. */
export function Footer({ found, offset, trans, onOffset }: FooterProps): JSX.Element {
  const { rows, total, hasMore } = found;
  const last = offset + rows.length;
  const hasNext = hasMore ? rows.length === PAGE_ROWS : last < total;
  return (
    <div className="couture-Pager couture-BrowseFooter" data-couture="browse-footer">
      <span>
        {rows.length === 0
          ? trans.__('Showing none of %1', recordCount(found, trans))
          : trans.__(
              'Showing %1 to %2 of %3',
              grouped(offset + 1),
              grouped(last),
              recordCount(found, trans)
            )}
      </span>
      <span className="couture-Pager-buttons">
        <button
          type="button"
          className="couture-LinkButton"
          disabled={offset === 0}
          onClick={() => onOffset(Math.max(0, offset - PAGE_ROWS))}
        >
          {trans.__('Previous')}
        </button>
        <button
          type="button"
          className="couture-LinkButton"
          data-couture="next-page"
          disabled={!hasNext}
          onClick={() => onOffset(offset + PAGE_ROWS)}
        >
          {trans.__('Next')}
        </button>
      </span>
    </div>
  );
}
