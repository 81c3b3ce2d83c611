import { useMemo, useState } from 'react';
import { GANTT_ROWS, ganttSource } from '../../api/charts';
import { ChartFrame } from '../../components/charts/ChartFrame';
import { StateKey } from '../../components/charts/StateKey';
import { GanttTable } from '../../components/charts/tables';
import { Notice } from '../../components/Notice';
import { Pager } from '../../components/Pager';
import { ATTEMPT_COLOUR, LEGEND_STATES, type Translate } from '../../model/labels';
import { newestSeq, taskMap, tasksOf } from '../../model/selectors';
import type { ChartRef, GanttChart } from '../../model/wireCharts';
import { useCouture } from '../../store/hooks';
import { useFigure } from '../useFigure';
import { useMarked } from '../useMarked';
import type { GanttTabProps } from './types';

const OPEN_RUN_MS = 5000;

/** What the chart does not show, in words. */
function leftOut(chart: GanttChart, trans: Translate): string {
  const { attempts_left_out: attempts, notebooks_left_out: notebooks } = chart;
  return [
    attempts > 0
      ? trans._n(
          'The newest attempts of each row are drawn; %1 older one is left out.',
          'The newest attempts of each row are drawn; %1 older ones are left out.',
          attempts,
          attempts
        )
      : '',
    notebooks > 0
      ? trans._n(
          'Cells of %1 older notebook are not drawn.',
          'Cells of %1 older notebooks are not drawn.',
          notebooks,
          notebooks
        )
      : ''
  ]
    .filter(Boolean)
    .join(' ');
}

/** The attempts of the shown run in time. */
export default function GanttTab(props: GanttTabProps): JSX.Element {
  const { dagId, couture, view, shown } = props;
  const { session, trans } = couture;
  const run = shown.run;
  const runId = run?.run_id ?? null;
  const [isGrouped, setGrouped] = useState(true);
  const [place, setPlace] = useState({ runId, firstRow: 0 });
  const firstRow = place.runId === runId ? place.firstRow : 0;
  const tasks = useCouture(session, state => tasksOf(state, dagId, runId));
  const source = useMemo(
    () => (runId === null ? null : ganttSource(dagId, runId, isGrouped, firstRow)),
    [dagId, runId, isGrouped, firstRow]
  );
  const change = `${run?.state} ${newestSeq(taskMap(tasks))}`;
  const isOpen = run !== null && run.ended_at === null;
  const marked = useMarked(view, props.marksSelected);
  const { chart, frame } = useFigure<GanttChart>(
    couture,
    source,
    change,
    isOpen ? OPEN_RUN_MS : null
  );
  if (run === null || runId === null) {
    return (
      <Notice title={trans.__('There is no run to show')}>
        {trans.__('Trigger the DAG, or choose a run above.')}
      </Notice>
    );
  }
  const select = (ref: ChartRef): void => {
    const taskId = marked.has(ref.taskId) ? null : ref.taskId;
    view.dispatch({ taskId, mapIndex: ref.mapIndex, tryNumber: ref.tryNumber });
  };
  const label = trans.__('Attempts of the tasks in time, run %1', runId);
  const colours = new Set((chart?.attempts ?? []).map(each => ATTEMPT_COLOUR[each.state]));
  const isMapped = chart?.attempts.some(each => each.map_index >= 0) ?? false;
  return (
    <ChartFrame
      {...frame}
      kind="gantt"
      label={label}
      now={props.now}
      focus={marked}
      options={
        isMapped && (
          <button
            type="button"
            className="couture-Button"
            data-kind="text"
            data-couture="chart-grouped"
            aria-pressed={isGrouped}
            onClick={() => {
              setGrouped(!isGrouped);
              setPlace({ runId, firstRow: 0 });
            }}
          >
            {trans.__('Mapped instances in one row')}
          </button>
        )
      }
      legend={
        <StateKey
          states={LEGEND_STATES.filter(state => state !== 'queued' && colours.has(state))}
          hasRetries={chart?.attempts.some(each => each.try_number > 1) ?? false}
          hasCells={(chart?.cells.length ?? 0) > 0}
          trans={trans}
        />
      }
      table={
        chart && (
          <GanttTable chart={chart} runId={runId} label={label} trans={trans} onSelect={select} />
        )
      }
      empty={
        <Notice title={trans.__('No task of this run has begun')}>
          {trans.__('Bars appear here as soon as an attempt is handed to the workers.')}
        </Notice>
      }
      note={trans.__('Drag to move along the time; hold Ctrl and turn the wheel to zoom.')}
      leftOut={chart && leftOut(chart, trans)}
      pager={
        chart &&
        chart.total_rows > GANTT_ROWS && (
          <Pager
            offset={chart.first_row}
            shown={chart.shown_rows}
            total={chart.total_rows}
            pageSize={GANTT_ROWS}
            trans={trans}
            onOffset={next => setPlace({ runId, firstRow: next })}
          />
        )
      }
      onSelect={select}
    />
  );
}
