/** What commands and buttons tell of what came of them. */
import { Dialog, Notification, showDialog } from '@jupyterlab/apputils';
import { Widget } from '@lumino/widgets';
import { problemOf } from '../api/errors';
import type { Translate } from '../model/labels';

/** How long a notification of something expected stays. */
export const SHORT_MS = 4000;
/** How long one stays that asks for something, or has to be read. */
export const LONG_MS = 12_000;

/** What the lab shows of a notification; it cuts the rest off. */
const MOST_CHARACTERS = 140;
const HEAD_CHARACTERS = 110;

export interface Told {
  readonly message: string;
  readonly actions: Notification.IAction[];
}

/** A notification that loses nothing: one too long for the lab is a head with a button that shows all of it. */
export function told(text: string, trans: Translate): Told {
  if (text.length <= MOST_CHARACTERS) {
    return { message: text, actions: [] };
  }
  const [first = ''] = text.split('\n');
  const head = first.length > HEAD_CHARACTERS ? `${first.slice(0, HEAD_CHARACTERS)}…` : first;
  const callback = (): void => {
    const body = new Widget();
    body.addClass('couture-Told');
    body.node.textContent = text;
    const buttons = [Dialog.okButton({ label: trans.__('Close') })];
    void showDialog({ title: trans.__('Details'), body, buttons });
  };
  return { message: head, actions: [{ label: trans.__('Details'), callback }] };
}

/** Says something by a notification, whole. */
export function tell(
  type: Notification.TypeOptions,
  text: string,
  trans: Translate,
  autoClose: number = LONG_MS
): void {
  const { message, actions } = told(text, trans);
  Notification.emit(message, type, { autoClose, actions });
}

/** Says why something failed, and what to do. */
export function complain(error: unknown, trans: Translate): void {
  const { message, hint } = problemOf(error);
  tell('error', hint ? `${message}\n\n${hint}` : message, trans);
}

/** Runs an act of the user and says why it failed, if it did. */
export async function attempt(trans: Translate, act: () => Promise<unknown>): Promise<void> {
  try {
    await act();
  } catch (error) {
    complain(error, trans);
  }
}
