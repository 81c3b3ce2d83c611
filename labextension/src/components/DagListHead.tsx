import { caretDownIcon, caretUpIcon } from '@jupyterlab/ui-components';
import { useEffect, useRef } from 'react';
import { nextOrder, sortDirection, type DagOrder, type SortColumn } from '../model/dagFilter';
import type { Translate } from '../model/labels';
import { infoIcon } from './icons';

export interface DagListHeadProps {
  readonly orderBy: DagOrder;
  readonly trans: Translate;
  readonly onOrder: (orderBy: DagOrder) => void;
  /** How many of the rows on this page are selected; null where rows cannot be selected. */
  readonly selected: 'none' | 'some' | 'all' | null;
  readonly onSelectAll: (isSelected: boolean) => void;
}

interface Column {
  readonly name: string;
  readonly label: string;
  readonly hint: string;
  readonly sort?: SortColumn;
  /** The label is read out only. */
  readonly isSilent?: boolean;
  readonly hasInfo?: boolean;
}

function columns(trans: Translate): readonly Column[] {
  return [
    {
      name: 'info',
      label: trans.__('Details'),
      hint: trans.__('What the DAG is for; opens its details'),
      isSilent: true,
      hasInfo: true
    },
    {
      name: 'toggle',
      label: trans.__('On'),
      hint: trans.__('Only DAGs that are on are scheduled'),
      isSilent: true
    },
    {
      name: 'name',
      label: trans.__('DAG'),
      hint: trans.__('Name of the DAG; opens its graph'),
      sort: 'dag_id'
    },
    {
      name: 'schedule',
      label: trans.__('Schedule'),
      hint: trans.__('When runs are created'),
      sort: 'schedule'
    },
    {
      name: 'owner',
      label: trans.__('Owner'),
      hint: trans.__('Who looks after the DAG'),
      sort: 'owner'
    },
    {
      name: 'tasks',
      label: trans.__('Recent Tasks'),
      hint: trans.__('Tasks of the active runs by state, or of the last run where none is active'),
      hasInfo: true
    },
    {
      name: 'last',
      label: trans.__('Last Run'),
      hint: trans.__('State and start of the newest run'),
      sort: 'last_run',
      hasInfo: true
    },
    {
      name: 'next',
      label: trans.__('Next Run'),
      hint: trans.__('When the schedule creates the next run'),
      sort: 'next_run'
    },
    {
      name: 'runs',
      label: trans.__('DAG Runs'),
      hint: trans.__('All runs by state: success, running, failed, queued'),
      hasInfo: true
    },
    {
      name: 'links',
      label: trans.__('Links'),
      hint: trans.__('Trigger, the views of the DAG, refresh, delete')
    }
  ];
}

/** The head of the table: what a column means, and by which one the rows are ordered. */
export function DagListHead(props: DagListHeadProps): JSX.Element {
  const { orderBy, trans, onOrder, selected, onSelectAll } = props;
  return (
    <div role="row" aria-rowindex={1} className="couture-DagTable-headRow">
      {selected !== null && (
        <div role="columnheader" className="couture-DagRow-select">
          <SelectAll selected={selected} trans={trans} onSelectAll={onSelectAll} />
        </div>
      )}
      {columns(trans).map(({ name, label, hint, sort, isSilent, hasInfo }) => (
        <div
          key={name}
          role="columnheader"
          className={`couture-DagRow-${name}`}
          title={hint}
          aria-sort={sort && sortDirection(orderBy, sort)}
        >
          {sort ? (
            <button
              type="button"
              className="couture-PlainButton"
              data-couture={`sort-${name}`}
              onClick={() => onOrder(nextOrder(orderBy, sort))}
            >
              {label}
              <SortMark direction={sortDirection(orderBy, sort)} />
            </button>
          ) : (
            <span className={isSilent ? 'couture-hidden' : undefined}>{label}</span>
          )}
          {hasInfo && (
            <infoIcon.react tag="span" className="couture-DagTable-hint" aria-hidden="true" />
          )}
        </div>
      ))}
    </div>
  );
}

function SortMark({ direction }: { readonly direction: string }): JSX.Element | null {
  if (direction === 'none') {
    return null;
  }
  const Mark = direction === 'ascending' ? caretUpIcon : caretDownIcon;
  return <Mark.react tag="span" className="couture-SortMark" />;
}

interface SelectAllProps {
  readonly selected: 'none' | 'some' | 'all';
  readonly trans: Translate;
  readonly onSelectAll: (isSelected: boolean) => void;
}

function SelectAll({ selected, trans, onSelectAll }: SelectAllProps): JSX.Element {
  const box = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (box.current) {
      box.current.indeterminate = selected === 'some';
    }
  }, [selected]);
  return (
    <input
      ref={box}
      type="checkbox"
      aria-label={trans.__('Select all DAGs of this page')}
      title={trans.__('Select all DAGs of this page')}
      checked={selected === 'all'}
      onChange={event => onSelectAll(event.target.checked)}
    />
  );
}
