/** What commands and buttons tell of acts that failed. */
import { Notification } from '@jupyterlab/apputils';
import { problemOf } from '../api/errors';

/** How long a notification of something expected stays. */
export const SHORT_MS = 4000;
/** How long one stays that asks for something, or has to be read. */
export const LONG_MS = 12_000;

/** Says why something failed, and what to do. */
export function complain(error: unknown): void {
  const { message, hint } = problemOf(error);
  Notification.error(hint ? `${message}\n\n${hint}` : message, { autoClose: LONG_MS });
}

/** Runs an act of the user and says why it failed, if it did. */
export async function attempt(act: () => Promise<unknown>): Promise<void> {
  try {
    await act();
  } catch (error) {
    complain(error);
  }
}
