import type { Translate } from '../model/labels';

export interface PagerProps {
  readonly offset: number;
  readonly shown: number;
  readonly total: number;
  readonly pageSize: number;
  readonly trans: Translate;
  /** There are more than `total`: the server stops counting at some point. */
  readonly hasMore?: boolean;
  readonly onOffset: (offset: number) => void;
  /** Sizes to choose from; without them the size is fixed. */
  readonly sizes?: readonly number[];
  readonly onPageSize?: (pageSize: number) => void;
}

const NEIGHBOURS = 2;

/** "Showing 1 to 25 of 30 entries", `« < 1 2 > »`, and how many entries a page has. */
export function Pager(props: PagerProps): JSX.Element {
  const { offset, shown, total, pageSize, trans, onOffset, sizes, onPageSize } = props;
  const hasMore = props.hasMore === true && shown === pageSize;
  const end = props.hasMore
    ? Math.max(hasMore ? total : 0, offset + shown + (hasMore ? 1 : 0))
    : total;
  const last = Math.max(0, Math.ceil(end / pageSize) - 1);
  const page = Math.min(last, Math.floor(offset / pageSize));
  const from = Math.max(0, Math.min(page - NEIGHBOURS, last - 2 * NEIGHBOURS));
  const pages = Array.from(
    { length: Math.min(last + 1, 2 * NEIGHBOURS + 1) },
    (_, at) => from + at
  );
  const go = (to: number): void => onOffset(to * pageSize);
  return (
    <div className="couture-Pager" data-couture="pager">
      <span data-couture="showing" role="status">
        {hasMore
          ? trans.__(
              'Showing %1 to %2 of more than %3 entries',
              offset + 1,
              offset + shown,
              Math.max(total, offset + shown)
            )
          : trans.__('Showing %1 to %2 of %3 entries', shown && offset + 1, offset + shown, end)}
      </span>
      {sizes && onPageSize && (
        <label className="couture-Pager-size">
          {trans.__('Per page')}
          <select
            className="couture-Select"
            value={pageSize}
            onChange={event => onPageSize(Number(event.target.value))}
          >
            {sizes.map(size => (
              <option key={size}>{size}</option>
            ))}
          </select>
        </label>
      )}
      <nav
        className="couture-Pager-buttons"
        aria-label={trans.__('Pages')}
        data-single={last === 0 ? true : undefined}
      >
        <Step sign="«" label={trans.__('First page')} to={page === 0 ? null : 0} onGo={go} />
        <Step
          sign="<"
          label={trans.__('Previous page')}
          to={page === 0 ? null : page - 1}
          onGo={go}
        />
        {pages.map(each => (
          <button
            key={each}
            type="button"
            className="couture-Pager-page"
            aria-label={trans.__('Page %1', each + 1)}
            aria-current={each === page ? 'page' : undefined}
            onClick={() => go(each)}
          >
            {each + 1}
          </button>
        ))}
        <Step
          sign=">"
          label={trans.__('Next page')}
          to={page >= last ? null : page + 1}
          onGo={go}
        />
        <Step sign="»" label={trans.__('Last page')} to={page >= last ? null : last} onGo={go} />
      </nav>
    </div>
  );
}

interface StepProps {
  readonly sign: string;
  readonly label: string;
  /** Null: there is no such page. */
  readonly to: number | null;
  readonly onGo: (page: number) => void;
}

function Step({ sign, label, to, onGo }: StepProps): JSX.Element {
  return (
    <button
      type="button"
      className="couture-Pager-page"
      aria-label={label}
      title={label}
      disabled={to === null}
      onClick={() => to !== null && onGo(to)}
    >
      {sign}
    </button>
  );
}
