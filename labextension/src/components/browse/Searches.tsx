import { closeIcon } from '@jupyterlab/ui-components';
import { useState } from 'react';
import type { Translate } from '../../model/labels';
import { IconButton } from '../IconButton';

export interface Search {
  readonly name: string;
  readonly link: string;
}

export interface SearchesProps {
  readonly searches: readonly Search[];
  readonly trans: Translate;
  readonly onOpen: (search: Search) => void;
  readonly onSave: (name: string) => void;
  readonly onRemove: (search: Search) => void;
}

/** Searches that were given a name. */
export function Searches(props: SearchesProps): JSX.Element {
  const { searches, trans, onOpen, onSave, onRemove } = props;
  const [name, setName] = useState('');
  return (
    <details className="couture-Choices couture-Searches" data-couture="searches">
      <summary>{trans.__('Saved searches')}</summary>
      <div className="couture-Choices-list">
        {searches.length === 0 && (
          <p className="couture-faint">
            {trans.__('None yet. Set filters, then give them a name here.')}
          </p>
        )}
        {searches.map(search => (
          <div key={search.name} className="couture-Searches-item">
            <button
              type="button"
              className="couture-LinkButton"
              title={search.link}
              onClick={event => {
                event.currentTarget.closest('details')?.removeAttribute('open');
                onOpen(search);
              }}
            >
              {search.name}
            </button>
            <IconButton
              icon={closeIcon}
              label={trans.__('Forget “%1”', search.name)}
              onClick={() => onRemove(search)}
            />
          </div>
        ))}
        <form
          className="couture-Searches-item"
          onSubmit={event => {
            event.preventDefault();
            if (name.trim() !== '') {
              onSave(name.trim());
              setName('');
            }
          }}
        >
          <input
            className="couture-Input"
            aria-label={trans.__('Name of this search')}
            placeholder={trans.__('Name of this search')}
            maxLength={80}
            value={name}
            onChange={event => setName(event.target.value)}
          />
          <button type="submit" className="couture-LinkButton" disabled={name.trim() === ''}>
            {trans.__('Save')}
          </button>
        </form>
      </div>
    </details>
  );
}
