/** An action on a task from the question to its outcome: ask, order, follow, tell. */
import { Notification } from '@jupyterlab/apputils';
import { ApiError, problemOf } from '../../api/errors';
import { giveAct } from '../../api/task';
import { actLabel, doneLabel, newAct, type ActKind, type TaskRef } from '../../model/taskAct';
import type { OrderReply } from '../../model/wireOrders';
import { outcomeOf } from '../../store/orders';
import type { ICouture } from '../../tokens';
import { complain, LONG_MS, SHORT_MS, tell, told } from '../tell';
import { askAct } from './TaskActDialog';

/** Why to look again, if it was refused because things are not as the preview showed them. */
function whyOutdated(error: unknown, { trans }: ICouture): string | null {
  if (!(error instanceof ApiError)) {
    return null;
  }
  return error.status === 412
    ? trans.__('Things have changed meanwhile. Look again at what will be touched.')
    : error.status === 409
      ? error.message
      : null;
}

interface Said {
  readonly type: 'success' | 'warning';
  readonly message: string;
  readonly autoClose: number;
}

function message(head: string, notes: readonly string[]): string {
  return [head, ...notes].join('\n\n');
}

/** How it went. What the engine refuses it explains in notes. */
function outcome(kind: ActKind, done: OrderReply, { trans }: ICouture): Said {
  const isDone = done.touched > 0;
  const head = isDone ? doneLabel(kind, done.touched, trans) : trans.__('Nothing was done');
  return {
    type: isDone ? 'success' : 'warning',
    message: message(head, done.notes),
    autoClose: isDone && done.notes.length === 0 ? SHORT_MS : LONG_MS
  };
}

async function follow(couture: ICouture, kind: ActKind, given: OrderReply): Promise<void> {
  const { session, trans } = couture;
  if (given.is_done) {
    const { message: text, type, autoClose } = outcome(kind, given, couture);
    tell(type, text, trans, autoClose);
    return;
  }
  const name = actLabel(kind, trans);
  const id = Notification.emit(
    message(trans.__('%1: waiting for the engine…', name), given.notes),
    'in-progress',
    { autoClose: false }
  );
  try {
    const done = await outcomeOf(session.api, given);
    const { message: text, type, autoClose } = outcome(kind, done, couture);
    Notification.update({ id, type, autoClose, ...told(text, trans) });
  } catch (error) {
    const head = trans.__('%1 was ordered; its outcome is not known', name);
    const text = message(head, [problemOf(error).message]);
    Notification.update({ id, type: 'error', autoClose: LONG_MS, ...told(text, trans) });
  }
}

/** Ask for one action on one task instance, and see it through. */
export async function actOnTask(couture: ICouture, kind: ActKind, ref: TaskRef): Promise<void> {
  const { session } = couture;
  let act = newAct(kind);
  let notice: string | null = null;
  for (;;) {
    const agreed = await askAct(couture, ref, act, notice);
    if (!agreed) {
      return;
    }
    try {
      const given = await giveAct(session.api, ref, agreed.act, agreed.token);
      await follow(couture, kind, given);
      session.reloadTasks(ref.dagId, ref.runId);
      return;
    } catch (error) {
      notice = whyOutdated(error, couture);
      if (notice === null) {
        complain(error, couture.trans);
        return;
      }
      act = agreed.act;
    }
  }
}
