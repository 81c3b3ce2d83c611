import { memo, type MouseEvent } from 'react';
import { formatUtc, pastTime, relativeTime } from '../model/format';
import { runStateLabel, type Translate } from '../model/labels';
import type { DagRowView } from '../model/selectors';
import type { DagRow } from '../model/wire';
import type { DagListActions, RowOffers } from './actions';
import { RunCounters, TaskCounters } from './Counters';
import { DagLinks } from './DagLinks';
import { dragCode } from './dragCode';
import { IconButton } from './IconButton';
import { infoIcon } from './icons';
import { StateMark } from './StateMark';
import { Tags } from './Tags';
import { Toggle } from './Toggle';

export interface DagListRowProps {
  readonly view: DagRowView;
  /** Place among all rows, counted from 1 for the head; rows out of sight may not be there. */
  readonly index: number;
  readonly now: number;
  readonly trans: Translate;
  readonly actions: DagListActions;
  readonly offers: RowOffers;
  readonly isCurrent?: boolean;
  readonly isSelected: boolean;
  /** Without it rows cannot be selected. */
  readonly onSelect: ((dagId: string, isSelected: boolean) => void) | null;
  readonly onTag: (tag: string) => void;
  readonly onOwner: (owner: string) => void;
}

export const DagListRow = memo(function DagListRow(props: DagListRowProps): JSX.Element {
  const { view, index, now, trans, actions, offers, isSelected, onSelect } = props;
  const { row, isPaused, isBusy } = view;
  const id = row.dag_id;
  const onContextMenu = (event: MouseEvent): void => {
    event.preventDefault();
    event.stopPropagation();
    actions.showMenu(id, event.clientX, event.clientY);
  };
  return (
    <div
      role="row"
      className="couture-DagRow"
      aria-rowindex={index}
      aria-selected={onSelect ? isSelected : undefined}
      aria-current={props.isCurrent || undefined}
      data-dag-id={id}
      data-paused={isPaused}
      onContextMenu={onContextMenu}
    >
      {onSelect && (
        <div role="cell" className="couture-DagRow-select">
          <input
            type="checkbox"
            aria-label={trans.__('Select %1', id)}
            checked={isSelected}
            onChange={event => onSelect(id, event.target.checked)}
          />
        </div>
      )}
      <div role="cell" className="couture-DagRow-info">
        {offers.tabs.includes('details') && (
          <IconButton
            icon={infoIcon}
            hook="info"
            label={infoText(row, trans)}
            onClick={() => actions.open(id, { tab: 'details' })}
          />
        )}
      </div>
      <div role="cell" className="couture-DagRow-toggle">
        <Toggle
          isOn={!isPaused}
          isBusy={isBusy}
          label={toggleText(id, isPaused, offers.mayEdit, trans)}
          isFixed={!offers.mayEdit}
          onToggle={isOn => actions.setPaused(id, !isOn)}
        />
      </div>
      <div role="cell" className="couture-DagRow-name" {...dragCode({ dagId: id })}>
        <button
          type="button"
          className="couture-DagRow-open"
          title={row.description ? `${id}\n${row.description}` : id}
          onClick={() => actions.open(id)}
        >
          {id}
        </button>
        {row.has_import_error && (
          <span className="couture-Badge" data-kind="error">
            {trans.__('import error')}
          </span>
        )}
        <Tags tags={row.tags} trans={trans} onTag={props.onTag} />
      </div>
      <div role="presentation" className="couture-DagRow-meta">
        <div
          role="cell"
          className="couture-DagRow-schedule"
          title={scheduleText(row, trans)}
          data-couture="schedule"
        >
          <code>{row.schedule_label}</code>
        </div>
        <div role="cell" className="couture-DagRow-owner">
          <button
            type="button"
            className="couture-PlainButton"
            title={trans.__('Show only DAGs of %1', row.owner)}
            onClick={() => props.onOwner(row.owner)}
          >
            {row.owner}
          </button>
        </div>
        <div role="cell" className="couture-DagRow-last">
          <LastRun row={row} now={now} trans={trans} actions={actions} />
        </div>
        <div role="cell" className="couture-DagRow-next" data-couture="next-run">
          <NextRun row={row} isPaused={isPaused} now={now} trans={trans} />
        </div>
      </div>
      <div role="cell" className="couture-DagRow-tasks">
        <TaskCounters
          counts={row.recent_tasks}
          trans={trans}
          onState={offers.mayBrowseTasks ? state => actions.browseTasks(id, state) : null}
        />
      </div>
      <div role="cell" className="couture-DagRow-runs">
        <RunCounters
          counts={row.run_counts}
          trans={trans}
          onState={offers.mayBrowseRuns ? state => actions.browseRuns(id, state) : null}
        />
      </div>
      <DagLinks view={view} trans={trans} actions={actions} offers={offers} />
    </div>
  );
});

function infoText(row: DagRow, trans: Translate): string {
  const title = trans.__('Details of %1', row.dag_id);
  return row.description ? `${title}\n${row.description}` : title;
}

function toggleText(id: string, isPaused: boolean, mayEdit: boolean, trans: Translate): string {
  if (!mayEdit) {
    return isPaused ? trans.__('%1 is off', id) : trans.__('%1 is on', id);
  }
  return isPaused ? trans.__('%1 is off: turn it on', id) : trans.__('%1 is on: turn it off', id);
}

function scheduleText(row: DagRow, trans: Translate): string {
  const cron = row.schedule !== null && row.schedule !== row.schedule_label ? row.schedule : null;
  return [`${trans.__('Schedule')}: ${row.schedule_label} (${row.timezone})`, cron]
    .filter(Boolean)
    .join('\n');
}

interface LastRunProps {
  readonly row: DagRow;
  readonly now: number;
  readonly trans: Translate;
  readonly actions: DagListActions;
}

function LastRun({ row, now, trans, actions }: LastRunProps): JSX.Element {
  const run = row.last_run;
  if (!run) {
    return <span className="couture-faint">{trans.__('never run')}</span>;
  }
  const at = run.started_at ?? run.queued_at;
  const state = runStateLabel(run.state, trans);
  return (
    <button
      type="button"
      className="couture-PlainButton"
      data-couture="last-run"
      title={`${run.run_id}\n${state}\n${formatUtc(at)}`}
      onClick={() => actions.open(row.dag_id, { tab: 'graph', runId: run.run_id })}
    >
      <StateMark state={run.state} label={state} />
      <time dateTime={at ?? undefined}>{pastTime(at, now, trans)}</time>
    </button>
  );
}

interface NextRunProps {
  readonly row: DagRow;
  readonly isPaused: boolean;
  readonly now: number;
  readonly trans: Translate;
}

function NextRun({ row, isPaused, now, trans }: NextRunProps): JSX.Element | null {
  const at = row.next_run_at;
  if (at === null) {
    return null;
  }
  return (
    <time
      dateTime={at}
      className={isPaused ? 'couture-faint' : undefined}
      title={isPaused ? trans.__('%1, once it is on', formatUtc(at)) : formatUtc(at)}
    >
      {relativeTime(at, now, trans)}
    </time>
  );
}
