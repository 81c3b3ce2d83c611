import { useMemo } from 'react';
import { todaySource } from '../api/charts';
import type { DagActions } from '../components/actions';
import { ChartFrame } from '../components/charts/ChartFrame';
import { StateKey } from '../components/charts/StateKey';
import { TodayTable } from '../components/charts/tables';
import { Notice } from '../components/Notice';
import type { ChartRef, TodayChart as TodayChartReply } from '../model/wireCharts';
import { useCouture, useHeld, useNow } from '../store/hooks';
import type { ICouture } from '../tokens';
import { useFigure } from './useFigure';

const HOURS = 24;
const EVERY_MS = 30_000;
const TICK_MS = 5000;
const STATES = ['running', 'success', 'failed'] as const;

export interface TodayChartProps {
  readonly couture: ICouture;
  /** While nobody sees it, it asks the server nothing. */
  readonly isSeen: boolean;
  readonly actions: DagActions;
}

/** The runs of all DAGs in the last day, a row for each DAG; pressing one opens its Gantt. */
export default function TodayChart({ couture, actions, isSeen }: TodayChartProps): JSX.Element {
  const { session, trans } = couture;
  const overview = useCouture(session, state => state.overview);
  const source = useMemo(() => todaySource(HOURS), []);
  const change = useHeld(JSON.stringify(overview), !isSeen);
  const { chart, frame } = useFigure<TodayChartReply>(
    couture,
    source,
    change,
    isSeen ? EVERY_MS : null
  );
  const now = useNow(isSeen ? TICK_MS : null);
  const label = trans.__('Runs of the last %1 hours', HOURS);
  const open = (ref: ChartRef): void => {
    if (ref.dagId !== null) {
      actions.open(ref.dagId, { tab: 'gantt', runId: ref.runId });
    }
  };
  return (
    <ChartFrame
      {...frame}
      kind="today"
      label={label}
      now={now}
      options={<h3>{label}</h3>}
      legend={<StateKey states={STATES} hasRetries={false} hasCells={false} trans={trans} />}
      table={chart && <TodayTable chart={chart} label={label} trans={trans} onSelect={open} />}
      empty={
        <Notice title={trans.__('No run in the last %1 hours', HOURS)}>
          {trans.__('Runs appear here when a DAG that is on is due, or when you trigger one.')}
        </Notice>
      }
      note={chart?.is_cut ? trans.__('Only the newest %1 runs are shown.', chart.runs.length) : ''}
      onSelect={open}
    />
  );
}
