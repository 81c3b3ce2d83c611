import { closeIcon, filterIcon } from '@jupyterlab/ui-components';
import { useState } from 'react';
import { DAG_ORDERS, type DagFilter, type DagOrder } from '../model/dagFilter';
import type { Translate } from '../model/labels';
import type { RunState } from '../model/wire';
import type { DagLabel, DagLabels } from '../model/wireLabels';
import { IconButton } from './IconButton';

export interface DagListToolsProps {
  readonly filter: DagFilter;
  /** What is in the search box; `filter.search` follows it a moment later. */
  readonly searchText: string;
  readonly hiddenPaused: number;
  /** Tags and owners to choose from; null until they are known. */
  readonly labels: DagLabels | null;
  readonly trans: Translate;
  readonly onFilter: (filter: Partial<DagFilter>) => void;
  readonly onSearch: (search: string) => void;
}

/** Search and filters. In a narrow place most filters are behind a button. */
export function DagListTools(props: DagListToolsProps): JSX.Element {
  const { filter, searchText, trans, onFilter, onSearch } = props;
  const [isOpen, setIsOpen] = useState(false);
  return (
    <div className="couture-DagList-search" role="search" data-open={isOpen}>
      <input
        type="search"
        className="couture-Input"
        data-couture="search"
        placeholder={trans.__('Search DAGs')}
        aria-label={trans.__('Search DAGs by name, owner or tag')}
        value={searchText}
        onChange={event => onSearch(event.target.value)}
      />
      <span className="couture-DagList-more">
        <IconButton
          icon={filterIcon}
          hook="filters"
          label={isOpen ? trans.__('Hide filters') : trans.__('Show filters')}
          isPressed={isOpen}
          onClick={() => setIsOpen(!isOpen)}
        />
      </span>
      <div className="couture-DagList-filters">
        <States state={filter.state} trans={trans} onState={state => onFilter({ state })} />
        <LabelSelect
          label={trans.__('Owner')}
          all={trans.__('All owners')}
          value={filter.owner}
          options={props.labels?.owners}
          onValue={owner => onFilter({ owner })}
        />
        <LabelSelect
          label={trans.__('Tag')}
          all={trans.__('All tags')}
          value={filter.tag}
          options={props.labels?.tags}
          onValue={tag => onFilter({ tag })}
        />
        <select
          className="couture-Select couture-DagList-order"
          aria-label={trans.__('Order')}
          value={filter.orderBy}
          onChange={event => onFilter({ orderBy: event.target.value as DagOrder })}
        >
          {DAG_ORDERS.map(order => (
            <option key={order} value={order}>
              {orderLabel(order, trans)}
            </option>
          ))}
        </select>
      </div>
      <Chips {...props} />
      <ShowPaused {...props} />
    </div>
  );
}

function orderLabel(order: DagOrder, trans: Translate): string {
  const labels: Readonly<Record<DagOrder, string>> = {
    dag_id: trans.__('By name'),
    '-dag_id': trans.__('By name, backwards'),
    '-last_run': trans.__('Newest run first'),
    last_run: trans.__('Oldest run first'),
    next_run: trans.__('Next run first'),
    '-next_run': trans.__('Latest next run first'),
    owner: trans.__('By owner'),
    '-owner': trans.__('By owner, backwards'),
    schedule: trans.__('By schedule'),
    '-schedule': trans.__('By schedule, backwards')
  };
  return labels[order];
}

interface StatesProps {
  readonly state: RunState | null;
  readonly trans: Translate;
  readonly onState: (state: RunState | null) => void;
}

function States({ state, trans, onState }: StatesProps): JSX.Element {
  const choices = [
    [null, trans.__('All'), trans.__('DAGs in any state')],
    ['running', trans.__('Running'), trans.__('DAGs whose newest run is under way')],
    ['failed', trans.__('Failed'), trans.__('DAGs whose newest run has failed')]
  ] as const;
  return (
    <div className="couture-Segments" role="group" aria-label={trans.__('State of the newest run')}>
      {choices.map(([choice, label, hint]) => (
        <button
          key={label}
          type="button"
          className="couture-Segment"
          data-couture={`state-${choice ?? 'all'}`}
          aria-pressed={state === choice}
          title={hint}
          onClick={() => onState(choice)}
        >
          {label}
        </button>
      ))}
    </div>
  );
}

interface LabelSelectProps {
  readonly label: string;
  readonly all: string;
  readonly value: string;
  readonly options: readonly DagLabel[] | undefined;
  readonly onValue: (value: string) => void;
}

function LabelSelect({ label, all, value, options, onValue }: LabelSelectProps): JSX.Element {
  const isKnown = value === '' || options?.some(option => option.name === value);
  return (
    <select
      className="couture-Select"
      aria-label={label}
      value={value}
      onChange={event => onValue(event.target.value)}
    >
      <option value="">{all}</option>
      {!isKnown && <option value={value}>{value}</option>}
      {options?.map(({ name, dags }) => (
        <option key={name} value={name}>{`${name} (${dags})`}</option>
      ))}
    </select>
  );
}

/** What narrows the list by a word of a row, each with a way to take it back. */
function Chips({ filter, trans, onFilter }: DagListToolsProps): JSX.Element | null {
  const chips = [
    { key: 'tag', value: filter.tag, text: trans.__('Tag: %1', filter.tag) },
    { key: 'owner', value: filter.owner, text: trans.__('Owner: %1', filter.owner) }
  ].filter(chip => chip.value !== '');
  return chips.length === 0 ? null : (
    <span className="couture-DagList-chips">
      {chips.map(chip => (
        <span key={chip.key} className="couture-Chip" data-couture={`chip-${chip.key}`}>
          {chip.text}
          <IconButton
            icon={closeIcon}
            label={trans.__('Take back: %1', chip.text)}
            onClick={() => onFilter({ [chip.key]: '' })}
          />
        </span>
      ))}
    </span>
  );
}

function ShowPaused({ filter, hiddenPaused, trans, onFilter }: DagListToolsProps): JSX.Element {
  return (
    <button
      type="button"
      className="couture-LinkButton couture-DagList-paused"
      data-couture="show-paused"
      onClick={() => onFilter({ showPaused: !filter.showPaused })}
    >
      {filter.showPaused
        ? trans.__('Hide Paused DAGs')
        : hiddenPaused > 0
          ? trans.__('Show Paused DAGs (%1)', hiddenPaused)
          : trans.__('Show Paused DAGs')}
    </button>
  );
}
