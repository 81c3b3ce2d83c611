/** A value that is taken over only after it has rested, so that typing does not ask the server at every letter. */
import { useEffect, useState } from 'react';

export function useRested<T>(value: T, delayMs: number): T {
  const [rested, setRested] = useState(value);
  useEffect(() => {
    if (Object.is(value, rested)) {
      return undefined;
    }
    const timer = window.setTimeout(() => setRested(value), delayMs);
    return () => window.clearTimeout(timer);
  }, [value, rested, delayMs]);
  return rested;
}
