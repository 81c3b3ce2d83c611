import { HTMLSelect } from '@jupyterlab/ui-components';
import { elapsedSeconds, formatDuration, formatUtc, formatUtcShort } from '../model/format';
import { runStateLabel, runTypeLabel, type Translate } from '../model/labels';
import type { RunChoice } from '../model/shownRun';
import type { KnownRun } from '../model/state';
import { StateMark } from './StateMark';

export interface RunSelectorProps {
  readonly runs: readonly KnownRun[];
  readonly shown: KnownRun | null;
  readonly choice: RunChoice;
  readonly now: number;
  readonly trans: Translate;
  readonly onChoice: (choice: RunChoice) => void;
}

const LATEST = 'latest';
const VERSION = 'version';
const RUN_PREFIX = 'run:';

function toValue(choice: RunChoice): string {
  return choice.kind === 'run' ? `${RUN_PREFIX}${choice.runId}` : choice.kind;
}

function toChoice(value: string): RunChoice {
  return value.startsWith(RUN_PREFIX)
    ? { kind: 'run', runId: value.slice(RUN_PREFIX.length) }
    : { kind: value === VERSION ? VERSION : LATEST };
}

function runLabel(run: KnownRun, trans: Translate): string {
  const at = formatUtcShort(run.started_at ?? run.queued_at ?? run.logical_date);
  const type = runTypeLabel(run.run_type, trans);
  // Of what a schedule makes, the date it is for tells runs apart that began together.
  const isForDate = run.run_type === 'scheduled' || run.run_type === 'backfill';
  const what = isForDate ? trans.__('%1 for %2', type, formatUtcShort(run.logical_date)) : type;
  return `${at} · ${what} · ${runStateLabel(run.state, trans)}`;
}

/** Which run the graph is coloured by, with that run's state and duration. */
export function RunSelector(props: RunSelectorProps): JSX.Element {
  const { runs, shown, choice, now, trans, onChoice } = props;
  const isListed = choice.kind !== 'run' || runs.some(run => run.run_id === choice.runId);
  return (
    <div className="couture-RunSelector">
      <label className="couture-RunSelector-label">
        <span>{trans.__('Run')}</span>
        <HTMLSelect
          className="couture-Select"
          value={toValue(choice)}
          data-couture="run-selector"
          aria-label={trans.__('Run to show')}
          onChange={event => onChoice(toChoice(event.target.value))}
        >
          <option value={LATEST}>{trans.__('Latest run')}</option>
          <option value={VERSION}>{trans.__('Newest version, no run')}</option>
          {!isListed && choice.kind === 'run' && (
            <option value={toValue(choice)}>{choice.runId}</option>
          )}
          {runs.map(run => (
            <option key={run.run_id} value={`${RUN_PREFIX}${run.run_id}`} title={run.run_id}>
              {runLabel(run, trans)}
            </option>
          ))}
        </HTMLSelect>
      </label>
      {shown && <RunChip run={shown} now={now} trans={trans} />}
    </div>
  );
}

interface RunChipProps {
  readonly run: KnownRun;
  readonly now: number;
  readonly trans: Translate;
}

function RunChip({ run, now, trans }: RunChipProps): JSX.Element {
  const duration = elapsedSeconds(run.started_at, run.ended_at, now);
  return (
    <span
      className="couture-Chip couture-state"
      data-state={run.state}
      data-run-id={run.run_id}
      data-couture="run-state"
      title={`${run.run_id}\n${trans.__('Logical date: %1', formatUtc(run.logical_date))}\n${trans.__('Started: %1', formatUtc(run.started_at))}`}
    >
      <StateMark state={run.state} />
      <span>{runStateLabel(run.state, trans)}</span>
      <span className="couture-number">{formatDuration(duration)}</span>
    </span>
  );
}
