import { formatDuration } from '../../model/format';
import { RunBars, type RunBarsProps } from './RunBars';

export interface TreeHeadProps extends RunBarsProps {
  /** Width of the column of names. */
  readonly names: number;
}

/** The line of the runs, which stays in sight. */
export function TreeHead({ names, ...bars }: TreeHeadProps): JSX.Element {
  const { longest, trans } = bars;
  return (
    <div className="couture-Tree-head" role="rowgroup">
      <div role="row" aria-rowindex={1} className="couture-Tree-headRow">
        <div className="couture-Tree-corner" role="columnheader" style={{ width: names }}>
          <span>{trans.__('Task')}</span>
          <span className="couture-Tree-longest" title={trans.__('The longest of these runs')}>
            {formatDuration(longest || null)}
          </span>
        </div>
        <div className="couture-Bars" role="presentation">
          <RunBars {...bars} />
        </div>
      </div>
    </div>
  );
}
