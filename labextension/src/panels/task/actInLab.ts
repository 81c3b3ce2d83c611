/** Actions on tasks with the lab's dialogs and notifications. */
import { Notification } from '@jupyterlab/apputils';
import type { ActKind, TaskRef } from '../../model/taskAct';
import type { ICouture } from '../../tokens';
import { complain, LONG_MS, SHORT_MS, told } from '../tell';
import { actOnTask, type Said } from './actOnTask';
import { askAct } from './TaskActDialog';

function autoClose({ type, paragraphs }: Said): number | false {
  return type === 'in-progress'
    ? false
    : type === 'success' && paragraphs.length === 1
      ? SHORT_MS
      : LONG_MS;
}

/** Ask for one action on one task instance, and see it through. */
export async function actInLab(couture: ICouture, kind: ActKind, ref: TaskRef): Promise<void> {
  const { trans } = couture;
  let id: string | null = null;
  const say = (said: Said): void => {
    const { message, actions } = told(said.paragraphs.join('\n\n'), trans);
    const options = { autoClose: autoClose(said), actions: [...actions] };
    if (id === null) {
      id = Notification.emit(message, said.type, options);
    } else {
      Notification.update({ id, message, type: said.type, ...options });
    }
  };
  await actOnTask(
    couture,
    {
      ask: (asked, act, notice) => askAct(couture, asked, act, notice),
      say,
      complain: error => complain(error, trans)
    },
    kind,
    ref
  );
}
