/** The tries of a task instance: a try that waits or is put off in between has several attempts. */
import type { Attempt } from './wire';

/** The newest attempt of a try; `attempts` are in the order in which they were made. */
export function attemptOf(attempts: readonly Attempt[], tryNumber: number): Attempt | undefined {
  return attempts.filter(known => known.try_number === tryNumber).at(-1);
}

/** The newest attempt of each try, in their order. */
export function newestOfTries(attempts: readonly Attempt[]): readonly Attempt[] {
  return [...new Map(attempts.map(known => [known.try_number, known])).values()];
}
