import { actionLabel, type BrowseAction } from '../../model/browse/actions';
import type { Translate } from '../../model/labels';

export interface ActionBarProps {
  readonly actions: readonly BrowseAction[];
  readonly selected: number;
  /** How far an action has come; null while none runs. */
  readonly progress: { readonly done: number; readonly total: number } | null;
  readonly trans: Translate;
  readonly onAct: (action: BrowseAction) => void;
  readonly onStop: () => void;
  readonly onNothing: () => void;
}

/** What can be done with the selected rows. It keeps its place while nothing is selected. */
export function ActionBar(props: ActionBarProps): JSX.Element {
  const { actions, selected, progress, trans } = props;
  return (
    <div className="couture-ActionBar" role="toolbar" aria-label={trans.__('With selected')}>
      <span className="couture-ActionBar-count" role="status">
        {progress
          ? trans.__('%1 of %2 done', progress.done, progress.total)
          : selected > 0
            ? trans._n('%1 row selected', '%1 rows selected', selected)
            : trans.__('Select rows to act on them')}
      </span>
      {actions.map(action => (
        <button
          key={action.id}
          type="button"
          className="couture-Button"
          data-kind="text"
          data-couture={`action-${action.id}`}
          data-danger={action.id === 'delete' || undefined}
          disabled={selected === 0 || progress !== null}
          onClick={() => props.onAct(action)}
        >
          {actionLabel(action, trans)}
        </button>
      ))}
      {progress && (
        <button type="button" className="couture-LinkButton" onClick={props.onStop}>
          {trans.__('Stop')}
        </button>
      )}
      {!progress && selected > 0 && (
        <button type="button" className="couture-LinkButton" onClick={props.onNothing}>
          {trans.__('Select none')}
        </button>
      )}
    </div>
  );
}
