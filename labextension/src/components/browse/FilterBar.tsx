import { HTMLSelect } from '@jupyterlab/ui-components';
import type { Filter } from '../../model/browse/page';
import type { Translate } from '../../model/labels';
import { Choices } from './Choices';

export interface FilterBarProps {
  readonly filters: readonly Filter[];
  readonly values: Readonly<Record<string, string>>;
  readonly trans: Translate;
  readonly onChange: (name: string, value: string) => void;
  readonly onClear: () => void;
}

/** What a list is narrowed by. */
export function FilterBar(props: FilterBarProps): JSX.Element {
  const { filters, values, trans, onChange, onClear } = props;
  return (
    <div className="couture-FilterBar" role="search" aria-label={trans.__('Search')}>
      {filters.map(filter => (
        <Field
          key={filter.name}
          filter={filter}
          value={values[filter.name] ?? ''}
          trans={trans}
          onChange={value => onChange(filter.name, value)}
        />
      ))}
      {Object.keys(values).length > 0 && (
        <button
          type="button"
          className="couture-LinkButton"
          data-couture="clear-filters"
          onClick={onClear}
        >
          {trans.__('Clear filters')}
        </button>
      )}
    </div>
  );
}

interface FieldProps {
  readonly filter: Filter;
  readonly value: string;
  readonly trans: Translate;
  readonly onChange: (value: string) => void;
}

function Field({ filter, value, trans, onChange }: FieldProps): JSX.Element {
  const label = filter.label(trans);
  switch (filter.kind) {
    case 'text':
      return (
        <input
          type="search"
          className="couture-Input"
          data-filter={filter.name}
          data-active={value !== '' || undefined}
          placeholder={label}
          aria-label={label}
          title={label}
          value={value}
          onChange={event => onChange(event.target.value)}
        />
      );
    case 'time':
      return (
        <label className="couture-FilterBar-time" title={trans.__('%1, in UTC', label)}>
          <span>{label}</span>
          <input
            type="datetime-local"
            step={1}
            className="couture-Input"
            data-filter={filter.name}
            data-active={value !== '' || undefined}
            aria-label={trans.__('%1, in UTC', label)}
            value={value.slice(0, 19)}
            onChange={event => onChange(event.target.value)}
          />
        </label>
      );
    case 'choice':
      return filter.isMany ? (
        <Choices
          label={label}
          hook={`filter-${filter.name}`}
          choices={filter.choices.map(each => ({ value: each.value, label: each.label(trans) }))}
          chosen={value.split(',').filter(word => word !== '')}
          onChange={chosen => onChange(chosen.join(','))}
        />
      ) : (
        <HTMLSelect
          data-filter={filter.name}
          aria-label={label}
          title={label}
          value={value}
          onChange={event => onChange(event.target.value)}
        >
          <option value="">{trans.__('%1: any', label)}</option>
          {filter.choices.map(each => (
            <option key={each.value} value={each.value}>
              {each.label(trans)}
            </option>
          ))}
        </HTMLSelect>
      );
  }
}
