import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

/** An argument that a command cannot do without; raises `TypeError` where it is not a text. */
export function text(args: ReadonlyPartialJSONObject, name: string): string {
  const value = args[name];
  if (typeof value !== 'string' || value === '') {
    throw new TypeError(`The command needs "${name}".`);
  }
  return value;
}
