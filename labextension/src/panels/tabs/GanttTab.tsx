import { useMemo, useState } from 'react';
import { ganttSource } from '../../api/charts';
import { ChartFrame } from '../../components/charts/ChartFrame';
import { StateKey } from '../../components/charts/StateKey';
import { GanttTable } from '../../components/charts/tables';
import { Notice } from '../../components/Notice';
import { ATTEMPT_COLOUR, LEGEND_STATES } from '../../model/labels';
import { newestSeq, taskMap, tasksOf } from '../../model/selectors';
import type { ChartRef, GanttChart } from '../../model/wireCharts';
import { useCouture } from '../../store/hooks';
import { useFigure } from '../useFigure';
import type { TabProps } from './types';

const OPEN_RUN_MS = 5000;

/** The attempts of the shown run in time. */
export default function GanttTab(props: TabProps): JSX.Element {
  const { dagId, couture, view, shown } = props;
  const { session, trans } = couture;
  const run = shown.run;
  const runId = run?.run_id ?? null;
  const [isGrouped, setGrouped] = useState(true);
  const tasks = useCouture(session, state => tasksOf(state, dagId, runId));
  const source = useMemo(
    () => (runId === null ? null : ganttSource(dagId, runId, isGrouped)),
    [dagId, runId, isGrouped]
  );
  const change = `${run?.state} ${newestSeq(taskMap(tasks))}`;
  const isOpen = run !== null && run.ended_at === null;
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
  const select = (ref: ChartRef): void =>
    view.dispatch({ taskId: ref.taskId, mapIndex: ref.mapIndex, tryNumber: ref.tryNumber });
  const label = trans.__('Attempts of the tasks in time, run %1', runId);
  const colours = new Set((chart?.attempts ?? []).map(each => ATTEMPT_COLOUR[each.state]));
  const isMapped = chart?.attempts.some(each => each.map_index >= 0) ?? false;
  return (
    <ChartFrame
      {...frame}
      kind="gantt"
      label={label}
      now={props.now}
      options={
        isMapped && (
          <button
            type="button"
            className="couture-Button"
            data-kind="text"
            data-couture="chart-grouped"
            aria-pressed={isGrouped}
            onClick={() => setGrouped(!isGrouped)}
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
      onSelect={select}
    />
  );
}
