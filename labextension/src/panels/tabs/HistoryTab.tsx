import { useMemo, useState } from 'react';
import { historySource, type Measure } from '../../api/charts';
import { ChartFrame } from '../../components/charts/ChartFrame';
import { ChoiceBox, choicesOf } from '../../components/charts/ChoiceBox';
import { LineKey } from '../../components/charts/LineKey';
import { HistoryTable, signedDuration } from '../../components/charts/tables';
import { Notice } from '../../components/Notice';
import type { ChartRef, HistoryChart } from '../../model/wireCharts';
import { useEnded } from '../useTaskNews';
import { useFigure } from '../useFigure';
import { useMarked } from '../useMarked';
import type { HistorySettings, HistoryTabProps } from './types';

const RUNS = [5, 10, 25, 50, 100, 200];
const FEW_LINES = 30;
const ALL_LINES = 1000;
const OPEN_RUN_MS = 5000;
const NONE: ReadonlySet<string> = new Set();
const INITIAL: HistorySettings = { runs: 25, isCumulative: false };

export interface MeasureTabProps extends HistoryTabProps {
  readonly measure: Measure;
  readonly label: string;
  readonly emptyText: string;
  readonly note: string;
}

/** A measure of the tasks over past runs: lines with a legend, or a table. */
export function HistoryTab(props: MeasureTabProps): JSX.Element {
  const { dagId, couture, view, measure, label } = props;
  const { session, trans } = couture;
  const [own, setOwn] = useState<HistorySettings>(INITIAL);
  const { runs, isCumulative } = props.settings ?? own;
  const choose = props.onSettings ?? (change => setOwn({ ...own, ...change }));
  const [tasks, setTasks] = useState(FEW_LINES);
  const [pressed, setPressed] = useState(NONE);
  const marked = useMarked(view, props.marksSelected);
  const focus = useMemo(() => new Set([...pressed, ...marked]), [pressed, marked]);
  const ended = useEnded(session, dagId);
  const source = useMemo(
    () =>
      historySource(dagId, measure, {
        runs,
        tasks,
        ...(measure === 'duration' ? { cumulative: isCumulative } : {})
      }),
    [dagId, measure, runs, tasks, isCumulative]
  );
  const change = useMemo(
    () => JSON.stringify([ended, props.runs.map(run => [run.run_id, run.state])]),
    [ended, props.runs]
  );
  const isOpen = props.runs.some(run => run.ended_at === null);
  const { chart, frame } = useFigure<HistoryChart>(
    couture,
    source,
    change,
    isOpen ? OPEN_RUN_MS : null
  );
  const isCount = measure === 'tries';
  const select = (ref: ChartRef): void => {
    view.dispatch({
      choice: { kind: 'run', runId: ref.runId },
      ...(ref.taskId ? { taskId: ref.taskId, mapIndex: null, tryNumber: null } : {})
    });
  };
  const setFocus = (next: ReadonlySet<string>): void => {
    setPressed(new Set([...next].filter(name => !marked.has(name))));
    if ([...marked].some(name => !next.has(name))) {
      view.dispatch({ taskId: null, mapIndex: null, tryNumber: null });
    }
  };
  return (
    <ChartFrame
      {...frame}
      kind={measure}
      label={label}
      now={0}
      focus={focus}
      isFitted={props.isFitted ?? false}
      options={
        <>
          <ChoiceBox
            label={trans.__('Runs')}
            value={runs}
            choices={choicesOf(RUNS, runs).map(value => ({ value, text: String(value) }))}
            hook="chart-runs"
            onChoice={value => choose({ runs: value })}
          />
          {measure === 'duration' && (
            <button
              type="button"
              className="couture-Button"
              data-kind="text"
              data-couture="chart-cumulative"
              aria-pressed={isCumulative}
              title={trans.__('Add up all attempts of a task instead of showing the last one')}
              onClick={() => choose({ isCumulative: !isCumulative })}
            >
              {trans.__('Cumulative')}
            </button>
          )}
        </>
      }
      legend={
        <>
          <LineKey
            label={trans.__('Lines')}
            trans={trans}
            focus={focus}
            onFocus={setFocus}
            entries={(chart?.lines ?? []).map((line, place, all) => ({
              name: line.task_id ?? '',
              label: line.task_id ?? trans.__('The whole run'),
              hue: hueOf(line.task_id, place, all[0]?.task_id === null),
              value: isCount ? String(line.median) : signedDuration(line.median)
            }))}
          />
          {chart !== null && chart.left_out > 0 && (
            <p className="couture-Chart-note">
              {trans._n(
                'One task more has a smaller median.',
                '%2 tasks more have smaller medians.',
                chart.left_out,
                chart.left_out
              )}{' '}
              {tasks < ALL_LINES && (
                <button
                  type="button"
                  className="couture-LinkButton"
                  onClick={() => setTasks(ALL_LINES)}
                >
                  {trans.__('Show all')}
                </button>
              )}
            </p>
          )}
        </>
      }
      table={
        chart && (
          <HistoryTable
            chart={chart}
            isCount={isCount}
            label={label}
            trans={trans}
            onSelect={select}
          />
        )
      }
      empty={<Notice title={trans.__('Nothing to compare yet')}>{props.emptyText}</Notice>}
      note={props.note}
      onSelect={select}
    />
  );
}

const HUES = 10;

/** The colour of a line, as the figure gives it: the run has its own, tasks take the others in turn. */
function hueOf(taskId: string | null, place: number, hasRun: boolean): number {
  return taskId === null ? 0 : 1 + ((place - (hasRun ? 1 : 0)) % HUES);
}
