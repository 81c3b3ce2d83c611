/** The texts as they are written: for pages whose translations we cannot ask for. */
import type { Translate } from './labels';

function fill(text: string, values: readonly (string | number)[]): string {
  return text.replace(/%(\d+)/g, (hole, number) => String(values[Number(number) - 1] ?? hole));
}

export const english: Translate = {
  __: (text, ...values) => fill(text, values),
  _n: (one, many, count, ...values) => fill(count === 1 ? one : many, [count, ...values])
};
