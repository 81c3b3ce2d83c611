import {
  codeIcon,
  ellipsesIcon,
  infoIcon,
  refreshIcon,
  runIcon,
  treeViewIcon
} from '@jupyterlab/ui-components';
import { memo, type MouseEvent } from 'react';
import { formatUtc, relativeTime } from '../model/format';
import { runStateLabel, type Translate } from '../model/labels';
import type { May } from '../model/permissions';
import type { DagRowView } from '../model/selectors';
import type { DagRow } from '../model/wire';
import type { DagActions } from './actions';
import { RunCounters, TaskCounters } from './Counters';
import { IconButton } from './IconButton';
import { StateMark } from './StateMark';
import { Toggle } from './Toggle';

export interface DagListRowProps {
  readonly view: DagRowView;
  readonly now: number;
  readonly trans: Translate;
  readonly may: May;
  readonly actions: DagActions;
}

export const DagListRow = memo(function DagListRow(props: DagListRowProps): JSX.Element {
  const { view, now, trans, may, actions } = props;
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
      data-dag-id={id}
      data-paused={isPaused}
      onContextMenu={onContextMenu}
    >
      <div role="cell" className="couture-DagRow-toggle">
        <Toggle
          isOn={!isPaused}
          isBusy={isBusy}
          isFixed={!may('dags.edit')}
          label={toggleLabel(id, isPaused, may('dags.edit'), trans)}
          onToggle={isOn => actions.setPaused(id, !isOn)}
        />
      </div>
      <div role="cell" className="couture-DagRow-name">
        <button
          type="button"
          className="couture-DagRow-open"
          title={row.description ? `${id}\n${row.description}` : id}
          onClick={() => actions.open(id)}
        >
          {id}
        </button>
        {row.description && (
          <span className="couture-DagRow-info" title={row.description}>
            <infoIcon.react tag="span" />
          </span>
        )}
        {row.has_import_error && (
          <span className="couture-Badge" data-kind="error">
            {trans.__('import error')}
          </span>
        )}
      </div>
      <div role="presentation" className="couture-DagRow-meta">
        <div
          role="cell"
          className="couture-DagRow-schedule"
          title={`${trans.__('Schedule')}: ${row.schedule_label} (${row.timezone})`}
        >
          <code>{row.schedule ?? trans.__('None')}</code>
        </div>
        <div role="cell" className="couture-DagRow-owner" title={trans.__('Owner')}>
          {row.owner}
        </div>
        <div role="cell" className="couture-DagRow-last">
          <LastRun row={row} now={now} trans={trans} actions={actions} />
        </div>
      </div>
      <div role="cell" className="couture-DagRow-tasks">
        <TaskCounters counts={row.recent_tasks} trans={trans} />
      </div>
      <div role="cell" className="couture-DagRow-runs">
        <RunCounters counts={row.run_counts} trans={trans} />
      </div>
      <div role="cell" className="couture-DagRow-links">
        {may('runs.trigger') && (
          <IconButton
            icon={runIcon}
            hook="trigger"
            label={trans.__('Trigger %1 (Shift: with configuration)', id)}
            isBusy={view.isTriggering}
            onClick={event => actions.trigger(id, event.shiftKey)}
          />
        )}
        <span className="couture-DagRow-wideLinks">
          <IconButton
            icon={treeViewIcon}
            label={trans.__('Graph view of %1', id)}
            onClick={() => actions.open(id, { tab: 'graph' })}
          />
          <IconButton
            icon={codeIcon}
            label={trans.__('Code of %1', id)}
            onClick={() => actions.open(id, { tab: 'code' })}
          />
          {may('dags.edit') && (
            <IconButton
              icon={refreshIcon}
              label={trans.__('Read the file of %1 again', id)}
              onClick={() => actions.refresh(id)}
            />
          )}
        </span>
        <IconButton
          icon={ellipsesIcon}
          hook="dag-menu"
          label={trans.__('More for %1', id)}
          onClick={event => {
            const box = event.currentTarget.getBoundingClientRect();
            actions.showMenu(id, box.left, box.bottom);
          }}
        />
      </div>
    </div>
  );
});

function toggleLabel(id: string, isPaused: boolean, mayEdit: boolean, trans: Translate): string {
  if (!mayEdit) {
    return isPaused ? trans.__('%1 is off', id) : trans.__('%1 is on', id);
  }
  return isPaused ? trans.__('%1 is off: turn it on', id) : trans.__('%1 is on: turn it off', id);
}

interface LastRunProps {
  readonly row: DagRow;
  readonly now: number;
  readonly trans: Translate;
  readonly actions: DagActions;
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
      className="couture-DagRow-lastRun"
      data-couture="last-run"
      title={`${run.run_id}\n${state}\n${formatUtc(at)}`}
      onClick={() => actions.open(row.dag_id, { tab: 'graph', runId: run.run_id })}
    >
      <StateMark state={run.state} label={state} />
      <time dateTime={at ?? undefined}>{relativeTime(at, now, trans)}</time>
    </button>
  );
}
