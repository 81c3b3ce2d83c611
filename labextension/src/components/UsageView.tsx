import { formatBytes, formatDuration } from '../model/format';
import type { Translate } from '../model/labels';
import {
  bytesCeiling,
  cpuPoints,
  memoryPoints,
  percentCeiling,
  summaryOf,
  type Summary
} from '../model/usage';
import type { Usage } from '../model/wireUsage';
import { Notice } from './Notice';
import { TimeLine } from './TimeLine';

export interface UsageViewProps {
  readonly tryNumber: number;
  /** Null: still being fetched. */
  readonly usage: Usage | null;
  readonly trans: Translate;
}

function percent(value: number): string {
  return `${Math.round(value)} %`;
}

/** CPU and memory of an attempt over time. */
export function UsageView({ tryNumber, usage, trans }: UsageViewProps): JSX.Element {
  return (
    <section
      className="couture-Usage"
      data-couture="usage"
      data-try={tryNumber}
      data-samples={usage?.samples.length}
      aria-label={trans.__('CPU and memory of attempt %1', tryNumber)}
    >
      <div className="couture-Usage-head">
        <h3>{trans.__('CPU and memory of attempt %1', tryNumber)}</h3>
        <Total usage={usage} trans={trans} />
      </div>
      <Body usage={usage} trans={trans} />
    </section>
  );
}

function Total({ usage, trans }: Pick<UsageViewProps, 'usage' | 'trans'>): JSX.Element | null {
  const summary = usage && summaryOf(usage.samples);
  return (
    summary && (
      <p className="couture-Usage-total">
        {trans.__(
          '%1 of CPU in %2, at most %3 of memory',
          formatDuration(summary.cpuSeconds),
          formatDuration(summary.seconds),
          formatBytes(summary.peakBytes.value)
        )}
        {' · '}
        {trans._n('one process', 'up to %2 processes', summary.processes, summary.processes)}
      </p>
    )
  );
}

function Body({ usage, trans }: Pick<UsageViewProps, 'usage' | 'trans'>): JSX.Element {
  const summary = usage && summaryOf(usage.samples);
  if (usage === null) {
    return <Notice kind="loading" title={trans.__('Loading what it used…')} />;
  }
  if (summary === null) {
    return usage.complete ? (
      <Notice title={trans.__('Nothing was measured')}>
        {trans.__('What ends within a second or two is not measured over time.')}
      </Notice>
    ) : (
      <Notice title={trans.__('Nothing measured yet')}>
        {trans.__('Processor and memory are measured from the first second of an attempt on.')}
      </Notice>
    );
  }
  return (
    <div className="couture-Usage-charts">
      <Cpu usage={usage} summary={summary} trans={trans} />
      <Memory usage={usage} summary={summary} trans={trans} />
    </div>
  );
}

interface ChartProps {
  readonly usage: Usage;
  readonly summary: Summary;
  readonly trans: Translate;
}

function Cpu({ usage, summary, trans }: ChartProps): JSX.Element {
  return (
    <TimeLine
      kind="cpu"
      title={trans.__('CPU (100 % is one core)')}
      points={cpuPoints(usage.samples)}
      seconds={summary.seconds}
      ceiling={percentCeiling(summary.peakPercent.value)}
      mean={summary.meanPercent}
      peak={summary.peakPercent}
      format={percent}
      trans={trans}
    />
  );
}

function Memory({ usage, summary, trans }: ChartProps): JSX.Element {
  return (
    <TimeLine
      kind="memory"
      title={trans.__('Memory')}
      points={memoryPoints(usage.samples)}
      seconds={summary.seconds}
      ceiling={bytesCeiling(summary.peakBytes.value)}
      mean={summary.meanBytes}
      peak={summary.peakBytes}
      format={formatBytes}
      trans={trans}
    />
  );
}
