/** Waits for the engine to have come to an order. */
import { orderOf } from '../api/orders';
import type { CoutureApi } from '../api/rest';
import type { OrderReply } from '../model/wireOrders';

const FIRST_LOOK_MS = 400;
const SLOWEST_LOOK_MS = 5000;

/** How long a dialog stays open for an engine that does not come. */
export const DIALOG_PATIENCE_MS = 20_000;

/**
 * What came of the order; as it is then if no engine has come to it after `patienceMs`. Looks ever more rarely
 * while none does, and not any more once `signal` is aborted.
 */
export async function outcomeOf(
  api: Pick<CoutureApi, 'get' | 'send'>,
  given: OrderReply,
  patienceMs = Number.POSITIVE_INFINITY,
  signal?: AbortSignal
): Promise<OrderReply> {
  const end = Date.now() + patienceMs;
  let order = given;
  let pause = FIRST_LOOK_MS;
  while (!order.is_done && Date.now() < end && !signal?.aborted) {
    const rest = Math.min(pause, end - Date.now());
    await new Promise(resolve => window.setTimeout(resolve, rest));
    order = await orderOf(api, given.number);
    pause = Math.min(SLOWEST_LOOK_MS, pause * 2);
  }
  return order;
}
