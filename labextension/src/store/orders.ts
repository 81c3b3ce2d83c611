/** Waits for the engine to have come to an order. */
import { orderOf } from '../api/orders';
import type { CoutureApi } from '../api/rest';
import type { OrderReply } from '../model/wireOrders';

const LOOK_EVERY_MS = 400;
const GIVE_UP_MS = 20_000;

function rest(milliseconds: number): Promise<void> {
  return new Promise(resolve => window.setTimeout(resolve, milliseconds));
}

/** What came of the order; as it is now if no engine comes to it for a while. */
export async function outcomeOf(
  api: Pick<CoutureApi, 'get' | 'send'>,
  given: OrderReply
): Promise<OrderReply> {
  const end = Date.now() + GIVE_UP_MS;
  let order = given;
  while (!order.is_done && Date.now() < end) {
    await rest(LOOK_EVERY_MS);
    order = await orderOf(api, given.number);
  }
  return order;
}
