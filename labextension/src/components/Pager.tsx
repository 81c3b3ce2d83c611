import type { Translate } from '../model/labels';

export interface PagerProps {
  readonly offset: number;
  readonly shown: number;
  readonly total: number;
  readonly pageSize: number;
  readonly trans: Translate;
  readonly onOffset: (offset: number) => void;
}

/** "Showing 1 to 4 of 4 entries", and buttons when there is more than one page. */
export function Pager(props: PagerProps): JSX.Element {
  const { offset, shown, total, pageSize, trans, onOffset } = props;
  const last = offset + shown;
  return (
    <div className="couture-Pager">
      <span>{trans.__('Showing %1 to %2 of %3 entries', offset + 1, last, total)}</span>
      {total > pageSize && (
        <span className="couture-Pager-buttons">
          <button
            type="button"
            className="couture-LinkButton"
            disabled={offset === 0}
            onClick={() => onOffset(Math.max(0, offset - pageSize))}
          >
            {trans.__('Previous')}
          </button>
          <button
            type="button"
            className="couture-LinkButton"
            disabled={last >= total}
            onClick={() => onOffset(offset + pageSize)}
          >
            {trans.__('Next')}
          </button>
        </span>
      )}
    </div>
  );
}
