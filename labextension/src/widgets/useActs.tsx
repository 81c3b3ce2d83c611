/** Actions on tasks in a widget: asked for in a dialog of its own, told in a line below it. */
import { useEffect, useRef, useState } from 'react';
import { problemOf } from '../api/errors';
import { DialogFooter } from '../components/DialogFooter';
import type { ActKind, TaskAct, TaskRef } from '../model/taskAct';
import { actLabel, actTitle, confirmLabel } from '../model/taskAct';
import type { OrderReply } from '../model/wireOrders';
import type { Live } from '../panels/tabs/types';
import { actOnTask, type Said } from '../panels/task/actOnTask';
import { ConnectedActForm, type AgreedAct, type ReadyAct } from '../panels/task/ConnectedActForm';
import { Modal } from './Modal';

interface Question {
  readonly reference: TaskRef;
  readonly act: TaskAct;
  readonly notice: string | null;
  readonly answer: (agreed: AgreedAct | null) => void;
}

export interface Acts {
  readonly start: (kind: ActKind, ref: TaskRef) => void;
  /** How the last one goes; null before the first. */
  readonly said: Said | null;
  /** The question, to be drawn with the view. */
  readonly element: JSX.Element | null;
}

export function useActs(live: Live, onDone: (kind: ActKind, reply: OrderReply) => void): Acts {
  const [question, setQuestion] = useState<Question | null>(null);
  const [said, setSaid] = useState<Said | null>(null);
  const open = useRef<Question | null>(null);
  // A view that is taken away leaves nobody to agree.
  useEffect(() => () => open.current?.answer(null), []);
  const ask = (
    reference: TaskRef,
    act: TaskAct,
    notice: string | null
  ): Promise<AgreedAct | null> =>
    new Promise(resolve => {
      const answer = (agreed: AgreedAct | null): void => {
        open.current = null;
        setQuestion(null);
        resolve(agreed);
      };
      open.current = { reference, act, notice, answer };
      setQuestion(open.current);
    });
  const complain = (error: unknown): void => {
    const { message, hint } = problemOf(error);
    setSaid({ type: 'error', paragraphs: hint ? [message, hint] : [message] });
  };
  const start = async (kind: ActKind, ref: TaskRef): Promise<void> => {
    setSaid(null);
    const reply = await actOnTask(live, { ask, say: setSaid, complain }, kind, ref);
    if (reply) {
      onDone(kind, reply);
    }
  };
  return {
    start: (kind, ref) => void start(kind, ref),
    said,
    element: question && <ActModal live={live} question={question} />
  };
}

interface ActModalProps {
  readonly live: Live;
  readonly question: Question;
}

function ActModal({ live, question }: ActModalProps): JSX.Element {
  const { trans } = live;
  const { reference, act, notice, answer } = question;
  const { kind } = act;
  const [ready, setReady] = useState<ReadyAct | null>(null);
  return (
    <Modal title={actTitle(kind, reference, trans)} onCancel={() => answer(null)}>
      <ConnectedActForm
        couture={live}
        reference={reference}
        act={act}
        notice={notice}
        onReady={setReady}
      />
      <DialogFooter
        reason={null}
        isBusy={false}
        trans={trans}
        onCancel={() => answer(null)}
        buttons={[
          {
            hook: 'act-agree',
            label: ready ? confirmLabel(kind, ready.total, trans) : actLabel(kind, trans),
            isMain: kind !== 'failed',
            isDanger: kind === 'failed',
            isDisabled: ready === null || ready.total === 0,
            run: () => answer(ready)
          }
        ]}
      />
    </Modal>
  );
}
