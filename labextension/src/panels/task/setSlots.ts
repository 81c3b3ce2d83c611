/** Gives a pool other slots, or makes it, after asking how many. */
import { InputDialog, Notification } from '@jupyterlab/apputils';
import { path } from '../../api/rest';
import type { Remedy } from '../../model/remedies';
import { poolLoad } from '../../model/overview';
import type { PoolUse } from '../../model/wireActivity';
import type { ICouture } from '../../tokens';
import { attempt, SHORT_MS } from '../tell';

const MOST_POOLS = 1000;

async function useOf({ session }: ICouture, name: string): Promise<PoolUse | undefined> {
  const query = { search: name, limit: MOST_POOLS };
  const { pools } = await session.api.get<{ readonly pools: readonly PoolUse[] }>('pools', query);
  return pools.find(pool => pool.name === name);
}

export async function setSlots(
  couture: ICouture,
  { pool, slots }: Extract<Remedy, { readonly type: 'set-slots' }>
): Promise<void> {
  const { session, trans } = couture;
  await attempt(trans, async () => {
    const place = path('pools', pool);
    const use = await useOf(couture, pool);
    const tag = use ? (await session.api.tagged(place)).tag : null;
    const load = use && poolLoad(use);
    const asked = await InputDialog.getNumber({
      title: use ? trans.__('Slots of pool %1', pool) : trans.__('Create pool %1', pool),
      label:
        use && load
          ? trans.__(
              '%1 of %2 slots are taken, %3 tasks wait. Tasks of all DAGs share them; -1 is no limit.',
              load.taken,
              use.slots,
              load.waiting
            )
          : trans.__('How many slots shall it have? Tasks of all DAGs share them; -1 is no limit.'),
      value: slots,
      okLabel: use ? trans.__('Change') : trans.__('Create')
    });
    if (!asked.button.accept || asked.value === null) {
      return;
    }
    if (use) {
      await session.api.send('PATCH', place, { slots: asked.value }, tag);
    } else {
      await session.api.send('POST', 'pools', { name: pool, slots: asked.value });
    }
    Notification.success(trans.__('Pool %1 has %2 slots now', pool, asked.value), {
      autoClose: SHORT_MS
    });
  });
}
