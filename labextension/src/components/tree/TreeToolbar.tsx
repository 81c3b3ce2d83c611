import { HTMLSelect, closeIcon, historyIcon } from '@jupyterlab/ui-components';
import { runStateLabel, runTypeLabel, type Translate } from '../../model/labels';
import { RUN_NUMBERS, allFolded, type TreeSettings } from '../../model/treeSettings';
import { RUN_STATES, RUN_TYPES, type RunState, type RunType } from '../../model/wire';
import { collapseIcon, expandIcon } from '../icons';
import { IconButton } from '../IconButton';

export interface TreeToolbarProps {
  readonly settings: TreeSettings;
  readonly trans: Translate;
  readonly onSettings: (change: Partial<TreeSettings>) => void;
  /** Absent where none can be made. */
  readonly onBackfill: (() => void) | null;
}

const MINUTES = 16;

/** Which runs, how many of them, and in which form. */
export function TreeToolbar(props: TreeToolbarProps): JSX.Element {
  const { settings, trans, onSettings, onBackfill } = props;
  const { isCompact, runs, before, runType, runState } = settings;
  return (
    <div className="couture-Tree-bar" role="toolbar" aria-label={trans.__('Tree tools')}>
      <div className="couture-Segments" role="group" aria-label={trans.__('Form')}>
        {[false, true].map(compact => (
          <button
            key={String(compact)}
            type="button"
            className="couture-Segment"
            data-couture={compact ? 'as-grid' : 'as-tree'}
            aria-pressed={isCompact === compact}
            title={
              compact
                ? trans.__('Each task once, in their order, with groups to fold')
                : trans.__('Every way through the DAG, as a tree')
            }
            onClick={() => onSettings({ isCompact: compact, folds: allFolded(false) })}
          >
            {compact ? trans.__('Grid') : trans.__('Tree')}
          </button>
        ))}
      </div>
      <IconButton
        icon={expandIcon}
        label={trans.__('Unfold all')}
        hook="unfold-all"
        onClick={() => onSettings({ folds: allFolded(false) })}
      />
      <IconButton
        icon={collapseIcon}
        label={trans.__('Fold all')}
        hook="fold-all"
        onClick={() => onSettings({ folds: allFolded(true) })}
      />
      <label className="couture-Tree-field">
        <span>{trans.__('Runs')}</span>
        <HTMLSelect
          className="couture-Select"
          data-couture="run-number"
          aria-label={trans.__('Number of runs')}
          value={runs}
          onChange={event => onSettings({ runs: Number(event.target.value) })}
        >
          {RUN_NUMBERS.map(number => (
            <option key={number} value={number}>
              {number}
            </option>
          ))}
        </HTMLSelect>
      </label>
      <label className="couture-Tree-field">
        <span>{trans.__('up to')}</span>
        <input
          type="datetime-local"
          className="couture-Input"
          data-couture="base-date"
          aria-label={trans.__('No run with a later logical date than this, in UTC')}
          title={trans.__('No run with a later logical date than this, in UTC')}
          value={before?.slice(0, MINUTES) ?? ''}
          onChange={event =>
            onSettings({ before: event.target.value ? `${event.target.value}:59Z` : null })
          }
        />
      </label>
      {before !== null && (
        <IconButton
          icon={closeIcon}
          label={trans.__('Up to the newest run')}
          hook="no-base-date"
          onClick={() => onSettings({ before: null })}
        />
      )}
      <HTMLSelect
        className="couture-Select"
        data-couture="run-type"
        aria-label={trans.__('Type of the runs')}
        value={runType ?? ''}
        onChange={event => onSettings({ runType: (event.target.value || null) as RunType | null })}
      >
        <option value="">{trans.__('All types')}</option>
        {RUN_TYPES.map(type => (
          <option key={type} value={type}>
            {runTypeLabel(type, trans)}
          </option>
        ))}
      </HTMLSelect>
      <HTMLSelect
        className="couture-Select"
        data-couture="run-state-filter"
        aria-label={trans.__('State of the runs')}
        value={runState ?? ''}
        onChange={event =>
          onSettings({ runState: (event.target.value || null) as RunState | null })
        }
      >
        <option value="">{trans.__('All states')}</option>
        {RUN_STATES.map(state => (
          <option key={state} value={state}>
            {runStateLabel(state, trans)}
          </option>
        ))}
      </HTMLSelect>
      <span className="couture-spring" />
      {onBackfill && (
        <IconButton
          icon={historyIcon}
          hook="backfill"
          text={trans.__('Backfill…')}
          label={trans.__('Backfill…: make the runs of a range of dates')}
          onClick={onBackfill}
        />
      )}
    </div>
  );
}
