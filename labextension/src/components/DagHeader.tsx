import {
  caretDownIcon,
  deleteIcon,
  ellipsesIcon,
  linkIcon,
  refreshIcon,
  runIcon,
  stopIcon
} from '@jupyterlab/ui-components';
import { dagTabLabel, type DagTab } from '../model/dagTabs';
import type { Translate } from '../model/labels';
import type { May } from '../model/permissions';
import type { RunChoice, Shown } from '../model/shownRun';
import type { KnownRun, PendingChange } from '../model/state';
import type { DagRow, ImportError } from '../model/wire';
import type { DagActions } from './actions';
import { dragCode } from './dragCode';
import { IconButton } from './IconButton';
import { RunSelector } from './RunSelector';
import { Tabs } from './Tabs';
import { Toggle } from './Toggle';

export interface DagHeaderProps {
  readonly dagId: string;
  readonly row: DagRow | undefined;
  readonly isPaused: boolean;
  /** Why its file could not be read last time. */
  readonly error: ImportError | undefined;
  readonly change: PendingChange;
  readonly runs: readonly KnownRun[];
  readonly shown: Shown;
  readonly choice: RunChoice;
  readonly tab: DagTab;
  readonly tabs: readonly DagTab[];
  /** Whether the shown tab is about one run. */
  readonly isOfRun: boolean;
  readonly now: number;
  readonly trans: Translate;
  readonly may: May;
  readonly actions: DagActions;
  readonly onTab: (tab: DagTab) => void;
  readonly onChoice: (choice: RunChoice) => void;
  readonly onTrigger: (withConf: boolean) => void;
  readonly onCancel: (run: KnownRun) => void;
  readonly onCopyLink: () => void;
}

export function DagHeader(props: DagHeaderProps): JSX.Element {
  const { dagId, row, isPaused, error, change, shown, tab, trans, may, actions, onTab } = props;
  const run = shown.run;
  const isRunActive = run?.state === 'running' || run?.state === 'queued';
  return (
    <header className="couture-DagHeader">
      <div className="couture-DagHeader-line">
        <Toggle
          isOn={!isPaused}
          isBusy={change.paused !== undefined}
          isFixed={!may('dags.edit')}
          label={toggleLabel(isPaused, may('dags.edit'), trans)}
          onToggle={isOn => actions.setPaused(dagId, !isOn)}
        />
        <h1 title={row?.description || dagId} {...dragCode({ dagId })}>
          <span className="couture-faint">{trans.__('DAG:')}</span> {dagId}
        </h1>
        {row && (
          <span
            className="couture-Chip"
            title={trans.__('Schedule: %1 (%2)', row.schedule_label, row.timezone)}
          >
            <span className="couture-faint">{trans.__('schedule:')}</span>
            <code>{row.schedule ?? trans.__('None')}</code>
          </span>
        )}
        {error && (
          <button
            type="button"
            className="couture-Badge"
            data-kind="error"
            title={error.message}
            onClick={() => actions.openFile(error.file, error.line)}
          >
            {trans.__('import error')}
          </button>
        )}
        <span className="couture-spring" />
        {may('runs.trigger') && (
          <span className="couture-ButtonPair">
            <IconButton
              icon={runIcon}
              hook="trigger"
              text={trans.__('Trigger')}
              label={trans.__('Trigger a run (Shift: with configuration)')}
              isBusy={change.triggering ?? false}
              onClick={event => props.onTrigger(event.shiftKey)}
            />
            <IconButton
              icon={caretDownIcon}
              hook="trigger-with-conf"
              label={trans.__('Trigger with configuration…')}
              isDisabled={change.triggering}
              onClick={() => props.onTrigger(true)}
            />
          </span>
        )}
        {may('dags.edit') && (
          <IconButton
            icon={refreshIcon}
            hook="refresh"
            text={trans.__('Refresh')}
            label={trans.__('Refresh: read the DAG file again')}
            isBusy={change.refreshing ?? false}
            onClick={() => actions.refresh(dagId)}
          />
        )}
        {may('dags.delete') && (
          <IconButton
            icon={deleteIcon}
            hook="delete-dag"
            label={trans.__('Delete this DAG…')}
            onClick={() => actions.deleteDag(dagId)}
          />
        )}
        <IconButton
          icon={linkIcon}
          hook="copy-link"
          label={trans.__('Copy a link to what is shown')}
          onClick={props.onCopyLink}
        />
        <IconButton
          icon={ellipsesIcon}
          hook="dag-more"
          label={trans.__('More')}
          onClick={event => {
            const box = event.currentTarget.getBoundingClientRect();
            actions.showMenu(dagId, box.left, box.bottom);
          }}
        />
      </div>
      <div className="couture-DagHeader-line">
        <Tabs
          tabs={props.tabs.map(id => ({ id, label: dagTabLabel(id, trans) }))}
          current={tab}
          label={trans.__('Views of the DAG')}
          onChange={onTab}
        />
        {props.isOfRun && (
          <RunSelector
            runs={props.runs}
            shown={run}
            choice={props.choice}
            now={props.now}
            trans={trans}
            onChoice={props.onChoice}
          />
        )}
        {props.isOfRun && run && (may('tasks.edit') || may('runs.delete')) && (
          <IconButton
            icon={ellipsesIcon}
            hook="run-menu"
            label={trans.__('Clear, mark or delete this run')}
            onClick={event => {
              const box = event.currentTarget.getBoundingClientRect();
              actions.showRunMenu(dagId, run.run_id, box.left, box.bottom);
            }}
          />
        )}
        {props.isOfRun && may('runs.trigger') && (
          <span className="couture-DagHeader-cancel">
            {isRunActive && run && (
              <IconButton
                icon={stopIcon}
                hook="cancel-run"
                label={
                  run.cancel_requested
                    ? trans.__('The run is being cancelled')
                    : trans.__('Cancel this run')
                }
                isDisabled={run.cancel_requested}
                onClick={() => props.onCancel(run)}
              />
            )}
          </span>
        )}
      </div>
    </header>
  );
}

function toggleLabel(isPaused: boolean, mayEdit: boolean, trans: Translate): string {
  if (!mayEdit) {
    return isPaused ? trans.__('The DAG is off') : trans.__('The DAG is on');
  }
  return isPaused ? trans.__('Off: turn the DAG on') : trans.__('On: turn the DAG off');
}
