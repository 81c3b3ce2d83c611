/** Ends a `switch` over a tagged union: the compiler refuses the call while a case is missing. */
export function assertNever(value: never): never {
  throw new Error(`Unexpected value ${JSON.stringify(value)}`);
}

/** Ends a `switch` over what the server sends: all cases we know are there, and a newer server may say more. */
export function ignoreUnknown(_value: never): void {}
