/** The series of the charts as tables. */
import { formatDuration, formatUtc, formatUtcShort } from '../../model/format';
import { attemptStateLabel, runStateLabel, type Translate } from '../../model/labels';
import type {
  AttemptBar,
  ChartRef,
  GanttChart,
  HistoryChart,
  PoolUsage,
  TodayChart
} from '../../model/wireCharts';

export interface HistoryTableProps {
  readonly chart: HistoryChart;
  readonly isCount: boolean;
  readonly label: string;
  readonly trans: Translate;
  readonly onSelect: (ref: ChartRef) => void;
}

/** A row for each task, a column for each run. */
export function HistoryTable(props: HistoryTableProps): JSX.Element {
  const { chart, isCount, trans, onSelect } = props;
  const text = (value: number): string => (isCount ? String(value) : signedDuration(value));
  return (
    <table className="couture-ChartTable" aria-label={props.label}>
      <thead>
        <tr>
          <th scope="col">{trans.__('Task')}</th>
          <th scope="col">{trans.__('Median')}</th>
          {chart.runs.map(run => (
            <th key={run.run_id} scope="col" title={run.run_id}>
              {formatUtcShort(run.logical_date)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {chart.lines.map(line => (
          <tr key={line.task_id ?? ''} data-task-id={line.task_id ?? ''}>
            <th scope="row">{line.task_id ?? trans.__('The whole run')}</th>
            <td>{text(line.median)}</td>
            {line.points.map((point, at) => {
              const run = chart.runs[at];
              if (!point || !run) {
                return <td key={at}>–</td>;
              }
              const shown = text(point.value);
              return (
                <td key={at} data-outlier={point.is_outlier || undefined}>
                  {line.task_id === null ? (
                    shown
                  ) : (
                    <button
                      type="button"
                      className="couture-LinkButton"
                      aria-label={trans.__(
                        '%1 in the run of %2: %3',
                        line.task_id,
                        formatUtc(run.logical_date),
                        shown
                      )}
                      onClick={() => onSelect(taskRef(run.run_id, line.task_id ?? ''))}
                    >
                      {shown}
                    </button>
                  )}
                  {point.is_outlier && <span title={trans.__('An outlier')}> ◆</span>}
                </td>
              );
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export interface GanttTableProps {
  readonly chart: GanttChart;
  readonly runId: string;
  readonly label: string;
  readonly trans: Translate;
  readonly onSelect: (ref: ChartRef) => void;
}

/** A row for each attempt. */
export function GanttTable(props: GanttTableProps): JSX.Element {
  const { chart, trans, onSelect } = props;
  return (
    <table className="couture-ChartTable" aria-label={props.label}>
      <thead>
        <tr>
          {[
            trans.__('Task'),
            trans.__('Try'),
            trans.__('State'),
            trans.__('Queued (UTC)'),
            trans.__('Started'),
            trans.__('Ended'),
            trans.__('Took')
          ].map(title => (
            <th key={title} scope="col">
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {[...chart.attempts].sort(byQueue).map(each => (
          <tr key={JSON.stringify([each.task_id, each.map_index, each.try_number, each.queued_at])}>
            <th scope="row">
              <button
                type="button"
                className="couture-LinkButton"
                onClick={() =>
                  onSelect({
                    dagId: null,
                    runId: props.runId,
                    taskId: each.task_id,
                    mapIndex: each.map_index < 0 ? null : each.map_index,
                    tryNumber: each.try_number
                  })
                }
              >
                {each.map_index < 0
                  ? each.task_id
                  : `${each.task_id} [${each.map_index}] ${each.label}`.trim()}
              </button>
            </th>
            <td>{each.try_number}</td>
            <td>{attemptStateLabel(each.state, trans)}</td>
            <td>{formatUtcShort(each.queued_at)}</td>
            <td>{formatUtcShort(each.started_at)}</td>
            <td>{formatUtcShort(each.ended_at)}</td>
            <td>{formatDuration(seconds(each.started_at, each.ended_at))}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export interface TodayTableProps {
  readonly chart: TodayChart;
  readonly label: string;
  readonly trans: Translate;
  readonly onSelect: (ref: ChartRef) => void;
}

/** A row for each run. */
export function TodayTable({ chart, label, trans, onSelect }: TodayTableProps): JSX.Element {
  return (
    <table className="couture-ChartTable" aria-label={label}>
      <thead>
        <tr>
          <th scope="col">{trans.__('DAG')}</th>
          <th scope="col">{trans.__('Logical date (UTC)')}</th>
          <th scope="col">{trans.__('State')}</th>
          <th scope="col">{trans.__('Started')}</th>
          <th scope="col">{trans.__('Ended')}</th>
          <th scope="col">{trans.__('Took')}</th>
        </tr>
      </thead>
      <tbody>
        {chart.runs.map(run => (
          <tr key={JSON.stringify([run.dag_id, run.run_id])}>
            <th scope="row">
              <button
                type="button"
                className="couture-LinkButton"
                onClick={() => onSelect({ ...taskRef(run.run_id, ''), dagId: run.dag_id })}
              >
                {run.dag_id}
              </button>
            </th>
            <td>{formatUtcShort(run.logical_date)}</td>
            <td>{runStateLabel(run.state, trans)}</td>
            <td>{formatUtcShort(run.started_at)}</td>
            <td>{formatUtcShort(run.ended_at)}</td>
            <td>{formatDuration(seconds(run.started_at, run.ended_at))}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export interface PoolTableProps {
  readonly chart: PoolUsage;
  readonly label: string;
  readonly trans: Translate;
}

/** A row for each pool, with how it is now and its peak. */
export function PoolTable({ chart, label, trans }: PoolTableProps): JSX.Element {
  return (
    <table className="couture-ChartTable" aria-label={label}>
      <thead>
        <tr>
          <th scope="col">{trans.__('Pool')}</th>
          <th scope="col">{trans.__('Slots')}</th>
          <th scope="col">{trans.__('In use now')}</th>
          <th scope="col">{trans.__('Most in use')}</th>
          <th scope="col">{trans.__('Most in the queue')}</th>
        </tr>
      </thead>
      <tbody>
        {chart.pools.map(each => (
          <tr key={each.pool}>
            <th scope="row">{each.pool}</th>
            <td>{each.slots ?? trans.__('no limit')}</td>
            <td>{each.used.at(-1) ?? 0}</td>
            <td>{Math.max(0, ...each.used)}</td>
            <td>{Math.max(0, ...each.wanted)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function byQueue(one: AttemptBar, other: AttemptBar): number {
  return one.queued_at.localeCompare(other.queued_at);
}

/** A duration that may be negative: a manual run can land before its interval ends. */
export function signedDuration(value: number): string {
  return value < 0 ? `−${formatDuration(-value)}` : formatDuration(value);
}

function taskRef(runId: string, taskId: string): ChartRef {
  return { dagId: null, runId, taskId, mapIndex: null, tryNumber: null };
}

function seconds(start: string | null, end: string | null): number | null {
  return start && end ? (Date.parse(end) - Date.parse(start)) / 1000 : null;
}
