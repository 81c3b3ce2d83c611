import { caretDownIcon, caretUpIcon } from '@jupyterlab/ui-components';
import type { KeyboardEvent, RefObject } from 'react';
import type { Translate } from '../../model/labels';
import { IconButton } from '../IconButton';

export interface GraphSearchProps {
  readonly query: string;
  readonly count: number;
  /** Which of them is looked at, from 0; null before the first. */
  readonly place: number | null;
  readonly trans: Translate;
  readonly input: RefObject<HTMLInputElement>;
  readonly onQuery: (query: string) => void;
  readonly onStep: (step: 1 | -1) => void;
  /** Escape: back to the graph. */
  readonly onLeave: () => void;
}

/** Finds tasks by name: Enter and Shift+Enter go from one to the next. */
export function GraphSearch(props: GraphSearchProps): JSX.Element {
  const { query, count, place, trans, onStep } = props;
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Enter') {
      onStep(event.shiftKey ? -1 : 1);
    } else if (event.key === 'Escape') {
      props.onLeave();
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div className="couture-Graph-search" role="search">
      <input
        ref={props.input}
        className="couture-Input"
        type="search"
        value={query}
        placeholder={trans.__('Find a task (/)')}
        aria-label={trans.__('Find a task')}
        data-couture="graph-search"
        onChange={event => props.onQuery(event.currentTarget.value)}
        onKeyDown={onKeyDown}
      />
      {query.trim() !== '' && (
        <>
          <span className="couture-Graph-found" role="status" data-couture="graph-found">
            {count === 0
              ? trans.__('none')
              : place === null
                ? trans._n('%1 task', '%1 tasks', count)
                : trans.__('%1 of %2', place + 1, count)}
          </span>
          <IconButton
            icon={caretUpIcon}
            label={trans.__('Previous task found (Shift+Enter)')}
            isDisabled={count === 0}
            onClick={() => onStep(-1)}
          />
          <IconButton
            icon={caretDownIcon}
            label={trans.__('Next task found (Enter)')}
            isDisabled={count === 0}
            onClick={() => onStep(1)}
          />
        </>
      )}
    </div>
  );
}
