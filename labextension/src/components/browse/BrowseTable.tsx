import { memo } from 'react';
import { subjectLabel } from '../../model/browse/actions';
import type { Column, Row } from '../../model/browse/page';
import type { Translate } from '../../model/labels';
import { CellView, type CellActions } from './CellView';

export interface BrowseTableProps {
  readonly title: string;
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
  readonly order: string;
  readonly selected: ReadonlySet<string>;
  /** Whether rows can be selected. */
  readonly hasActions: boolean;
  readonly trans: Translate;
  readonly actions: CellActions;
  readonly onOrder: (order: string) => void;
  readonly onSelect: (keys: readonly string[], isSelected: boolean) => void;
  readonly onNote?: (row: Row, note: string) => Promise<boolean>;
  readonly onRow?: (row: Row) => void;
}

/** The rows of a page, with headers to sort by and boxes to select with. */
export function BrowseTable(props: BrowseTableProps): JSX.Element {
  const { columns, rows, order, selected, hasActions, trans, onSelect } = props;
  const isAll = rows.length > 0 && rows.every(row => selected.has(row.key));
  const keys = rows.map(row => row.key);
  return (
    <div className="couture-BrowseTable" tabIndex={0} role="region" aria-label={props.title}>
      <table aria-label={props.title} data-couture="browse-table">
        <thead>
          <tr>
            {hasActions && (
              <th scope="col" className="couture-BrowseTable-box">
                <input
                  type="checkbox"
                  aria-label={trans.__('Select all rows of this page')}
                  data-couture="select-all"
                  checked={isAll}
                  ref={box => {
                    if (box) {
                      box.indeterminate = !isAll && selected.size > 0;
                    }
                  }}
                  onChange={event => onSelect(keys, event.target.checked)}
                />
              </th>
            )}
            {columns.map(column => (
              <Header
                key={column.id}
                column={column}
                order={order}
                trans={trans}
                onOrder={props.onOrder}
              />
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(row => (
            <BrowseRow
              key={row.key}
              row={row}
              columns={columns}
              hasBox={hasActions}
              isSelected={selected.has(row.key)}
              trans={trans}
              actions={props.actions}
              onSelect={onSelect}
              onNote={props.onNote}
              onRow={props.onRow}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface HeaderProps {
  readonly column: Column;
  readonly order: string;
  readonly trans: Translate;
  readonly onOrder: (order: string) => void;
}

/** Sorts from the end first: what is newest is what one looks for. */
function Header({ column, order, trans, onOrder }: HeaderProps): JSX.Element {
  const label = column.label(trans);
  const { sort } = column;
  if (sort === undefined) {
    return <th scope="col">{label}</th>;
  }
  const direction = order === sort ? 'ascending' : order === `-${sort}` ? 'descending' : 'none';
  return (
    <th scope="col" aria-sort={direction} data-column={column.id}>
      <button
        type="button"
        className="couture-BrowseTable-sort"
        title={trans.__('Sort by %1', label)}
        onClick={() => onOrder(direction === 'descending' ? sort : `-${sort}`)}
      >
        {label}
        <span aria-hidden="true">
          {direction === 'ascending' ? '▲' : direction === 'descending' ? '▼' : '↕'}
        </span>
      </button>
    </th>
  );
}

interface BrowseRowProps {
  readonly row: Row;
  readonly columns: readonly Column[];
  readonly hasBox: boolean;
  readonly isSelected: boolean;
  readonly trans: Translate;
  readonly actions: CellActions;
  readonly onSelect: (keys: readonly string[], isSelected: boolean) => void;
  readonly onNote: ((row: Row, note: string) => Promise<boolean>) | undefined;
  readonly onRow: ((row: Row) => void) | undefined;
}

const BrowseRow = memo(function BrowseRow(props: BrowseRowProps): JSX.Element {
  const { row, columns, hasBox, isSelected, trans, actions, onSelect, onNote, onRow } = props;
  return (
    <tr data-key={row.key} data-selected={isSelected}>
      {hasBox && (
        <td className="couture-BrowseTable-box">
          <input
            type="checkbox"
            aria-label={trans.__('Select %1', row.subject ? subjectLabel(row.subject) : row.key)}
            checked={isSelected}
            onChange={event => onSelect([row.key], event.target.checked)}
          />
        </td>
      )}
      {columns.map(column => {
        const cell = row.cells[column.id];
        return (
          <td key={column.id} data-column={column.id} data-cell={cell?.type}>
            <CellView
              cell={cell}
              label={column.label(trans)}
              trans={trans}
              actions={actions}
              {...(onNote ? { onNote: (note: string) => onNote(row, note) } : {})}
              {...(onRow ? { onRow: () => onRow(row) } : {})}
            />
          </td>
        );
      })}
    </tr>
  );
});
