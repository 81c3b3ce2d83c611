/** An action on a task from the question to its outcome: ask, order, follow, tell. */
import { ApiError, problemOf } from '../../api/errors';
import { giveAct } from '../../api/task';
import type { Translate } from '../../model/labels';
import {
  actLabel,
  doneLabel,
  newAct,
  type ActKind,
  type TaskAct,
  type TaskRef
} from '../../model/taskAct';
import type { OrderReply } from '../../model/wireOrders';
import { outcomeOf } from '../../store/orders';
import type { Live } from '../tabs/types';
import type { AgreedAct } from './ConnectedActForm';

export interface Said {
  readonly type: 'in-progress' | 'success' | 'warning' | 'error';
  /** What came of it, then what there is to note. */
  readonly paragraphs: readonly string[];
}

/** Where an action is asked for: how people are asked there, and told. */
export interface ActPlace {
  /** Null: the user gave up. */
  ask(ref: TaskRef, act: TaskAct, notice: string | null): Promise<AgreedAct | null>;
  /** Each time in place of what was said before. */
  say(said: Said): void;
  complain(error: unknown): void;
}

/** Why to look again, if it was refused because things are not as the preview showed them. */
function whyOutdated(error: unknown, trans: Translate): string | null {
  if (!(error instanceof ApiError)) {
    return null;
  }
  return error.status === 412
    ? trans.__('Things have changed meanwhile. Look again at what will be touched.')
    : error.status === 409
      ? error.message
      : null;
}

/** How it went. What the engine refuses it explains in notes. */
function outcome(kind: ActKind, done: OrderReply, trans: Translate): Said {
  const isDone = done.touched > 0;
  const head = isDone ? doneLabel(kind, done.touched, trans) : trans.__('Nothing was done');
  return { type: isDone ? 'success' : 'warning', paragraphs: [head, ...done.notes] };
}

async function follow(
  { session, trans }: Live,
  place: ActPlace,
  kind: ActKind,
  given: OrderReply
): Promise<OrderReply> {
  if (given.is_done) {
    place.say(outcome(kind, given, trans));
    return given;
  }
  const name = actLabel(kind, trans);
  place.say({
    type: 'in-progress',
    paragraphs: [trans.__('%1: waiting for the engine…', name), ...given.notes]
  });
  try {
    const done = await outcomeOf(session.api, given);
    place.say(outcome(kind, done, trans));
    return done;
  } catch (error) {
    const head = trans.__('%1 was ordered; its outcome is not known', name);
    place.say({ type: 'error', paragraphs: [head, problemOf(error).message] });
    return given;
  }
}

/** Ask for one action on one task instance, and see it through. Null: nothing was ordered. */
export async function actOnTask(
  live: Live,
  place: ActPlace,
  kind: ActKind,
  ref: TaskRef
): Promise<OrderReply | null> {
  const { session, trans } = live;
  let act = newAct(kind);
  let notice: string | null = null;
  for (;;) {
    const agreed = await place.ask(ref, act, notice);
    if (!agreed) {
      return null;
    }
    try {
      const given = await giveAct(session.api, ref, agreed.act, agreed.token);
      const done = await follow(live, place, kind, given);
      session.reloadTasks(ref.dagId, ref.runId);
      return done;
    } catch (error) {
      notice = whyOutdated(error, trans);
      if (notice === null) {
        place.complain(error);
        return null;
      }
      act = agreed.act;
    }
  }
}
