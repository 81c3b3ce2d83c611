import PoolUseChart from '../panels/PoolUseChart';
import { useSeen } from '../store/seen';
import { tell } from './model';
import { useTrait } from './useTrait';
import type { ViewProps } from './views';

/** How many slots of each pool were in use over the last hours. */
export function PoolUse({ live, model }: ViewProps): JSX.Element {
  const isSeen = useSeen();
  const hours = useTrait<number>(model, 'hours');
  return (
    <PoolUseChart
      couture={live}
      isSeen={isSeen}
      hours={hours}
      onHours={next => tell(model, { hours: next })}
      isFitted
    />
  );
}
