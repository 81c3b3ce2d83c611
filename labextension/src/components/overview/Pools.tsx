import type { Translate } from '../../model/labels';
import { poolLoad } from '../../model/overview';
import type { PoolUse } from '../../model/wireActivity';

export interface PoolsProps {
  readonly pools: readonly PoolUse[];
  readonly trans: Translate;
}

/** Slots of every pool: taken, all, and how many tasks wait for one. */
export function Pools({ pools, trans }: PoolsProps): JSX.Element {
  return (
    <ul className="couture-Rows">
      {pools.map(pool => {
        const { taken, waiting, share } = poolLoad(pool);
        return (
          <li key={pool.name} className="couture-Rows-row" data-pool={pool.name}>
            <span className="couture-Rows-name" title={pool.description || pool.name}>
              {pool.name}
            </span>
            {share !== null && (
              <meter
                className="couture-Rows-progress"
                max={1}
                value={share}
                aria-label={trans.__('Slots of %1 that are taken', pool.name)}
              />
            )}
            <span className="couture-number">
              {share === null
                ? trans.__('%1 taken, no limit', taken)
                : trans.__('%1 of %2 slots', taken, pool.slots)}
            </span>
            <span className="couture-number couture-faint">
              {waiting > 0 ? trans.__('%1 waiting', waiting) : ''}
            </span>
          </li>
        );
      })}
    </ul>
  );
}
