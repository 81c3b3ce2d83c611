import { useMemo, useState } from 'react';
import { poolSource } from '../api/charts';
import { ChartFrame } from '../components/charts/ChartFrame';
import { ChoiceBox, choicesOf } from '../components/charts/ChoiceBox';
import { LineKey } from '../components/charts/LineKey';
import { PoolTable } from '../components/charts/tables';
import { Notice } from '../components/Notice';
import { formatUtc } from '../model/format';
import type { PoolUsage } from '../model/wireCharts';
import { useHeld } from '../store/hooks';
import type { Live } from './tabs/types';
import { useFigure } from './useFigure';
import { useSlotNews } from './useTaskNews';

const EVERY_MS = 30_000;
const HOURS = [1, 6, 24];
const MOST_LINES = 10;
const NONE: ReadonlySet<string> = new Set();

export interface PoolUseChartProps {
  readonly couture: Live;
  /** While nobody sees it, it asks the server nothing. */
  readonly isSeen: boolean;
  /** How far back it goes; without it the chart keeps that for itself. */
  readonly hours?: number;
  readonly onHours?: (hours: number) => void;
  /** Whether the figure takes the height that is there instead of its own. */
  readonly isFitted?: boolean;
}

/** How many slots of each pool were in use over the last hours. */
export default function PoolUseChart(props: PoolUseChartProps): JSX.Element {
  const { couture, isSeen } = props;
  const { session, trans } = couture;
  const [own, setOwn] = useState(6);
  const hours = props.hours ?? own;
  const [focus, setFocus] = useState(NONE);
  const source = useMemo(() => poolSource(hours), [hours]);
  const change = useHeld(String(useSlotNews(session)), !isSeen);
  const { chart, frame } = useFigure<PoolUsage>(couture, source, change, isSeen ? EVERY_MS : null);
  const label = trans.__('Use of the pools');
  return (
    <ChartFrame
      {...frame}
      kind="pools"
      label={label}
      now={0}
      focus={focus}
      isFitted={props.isFitted ?? false}
      options={
        <>
          <h3>{label}</h3>
          <ChoiceBox
            label={trans.__('Time shown')}
            value={hours}
            choices={choicesOf(HOURS, hours).map(value => ({
              value,
              text: trans._n('last hour', 'last %2 hours', value, value)
            }))}
            onChoice={props.onHours ?? setOwn}
          />
        </>
      }
      legend={
        <LineKey
          label={trans.__('Pools')}
          trans={trans}
          focus={focus}
          onFocus={setFocus}
          entries={(chart?.pools ?? []).slice(0, MOST_LINES).map((each, place) => ({
            name: each.pool,
            label: each.pool,
            hue: 1 + place,
            value: `${each.used.at(-1) ?? 0} / ${each.slots ?? '∞'}`
          }))}
        />
      }
      table={chart && <PoolTable chart={chart} label={label} trans={trans} />}
      empty={
        <Notice title={trans.__('No pool was used in this time')}>
          {trans.__('Slots are taken while tasks run. Trigger a DAG to see it.')}
        </Notice>
      }
      note={
        chart?.is_cut
          ? trans.__('There are too many attempts: it begins at %1.', formatUtc(chart.window_start))
          : ''
      }
      onSelect={() => undefined}
    />
  );
}
