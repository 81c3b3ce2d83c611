import { actOnBackfill } from '../api/backfills';
import { OpenBackfills } from '../components/OpenBackfills';
import type { BackfillAct } from '../model/wireOrders';
import { backfillsChanged, useOpenBackfills } from '../store/backfills';
import { useMay } from '../store/hooks';
import type { ICouture } from '../tokens';
import { attempt } from './tell';

export interface ConnectedBackfillsProps {
  readonly dagId: string;
  readonly couture: ICouture;
  readonly newestRun: string | null;
  readonly isPaused: boolean;
}

/** The backfills of a DAG that go on, over its views. */
export function ConnectedBackfills(props: ConnectedBackfillsProps): JSX.Element {
  const { dagId, couture, newestRun, isPaused } = props;
  const { session, trans } = couture;
  const may = useMay(session);
  const backfills = useOpenBackfills(session, dagId, newestRun);
  const act = async (number: number, wanted: BackfillAct): Promise<void> => {
    await attempt(couture.trans, () => actOnBackfill(session.api, number, wanted));
    backfillsChanged(session);
  };
  return (
    <OpenBackfills
      backfills={backfills}
      isPaused={isPaused}
      mayAct={may('runs.trigger')}
      trans={trans}
      onAct={(backfill, wanted) => void act(backfill.backfill_id, wanted)}
    />
  );
}
