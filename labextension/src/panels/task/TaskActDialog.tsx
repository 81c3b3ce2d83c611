/** The dialog that asks how far an action on a task reaches, and shows what it would touch meanwhile. */
import { Dialog } from '@jupyterlab/apputils';
import { ReactWidget } from '@jupyterlab/ui-components';
import { useEffect, useState } from 'react';
import { previewAct } from '../../api/task';
import { TaskActForm } from '../../components/TaskActForm';
import {
  actLabel,
  confirmLabel,
  hasPreview,
  previewQuery,
  withFlag,
  type TaskAct,
  type TaskRef
} from '../../model/taskAct';
import { useFetched } from '../../store/hooks';
import type { ICouture } from '../../tokens';

/** An action as the user has agreed to it. */
export interface AgreedAct {
  readonly act: TaskAct;
  /** Of the preview that was shown; null where there is none. */
  readonly token: string | null;
}

interface Ready extends AgreedAct {
  readonly total: number;
}

const ACCEPT = 1;

/** The lab's dialog, whose button says how many task instances it is about and waits until that is known. */
class ActDialog extends Dialog<AgreedAct> {
  private agreement: Ready | null = null;
  private readonly kind: TaskAct['kind'];

  constructor(
    private readonly couture: ICouture,
    reference: TaskRef,
    act: TaskAct,
    notice: string | null
  ) {
    const { trans } = couture;
    super({
      title: trans.__(
        '%1 %2',
        actLabel(act.kind, trans),
        reference.mapIndex < 0 ? reference.taskId : `${reference.taskId}[${reference.mapIndex}]`
      ),
      body: new ActBody(couture, reference, act, notice, ready => this.onReady(ready)),
      buttons: [
        Dialog.cancelButton({ label: trans.__('Cancel') }),
        act.kind === 'failed'
          ? Dialog.warnButton({ label: actLabel(act.kind, trans) })
          : Dialog.okButton({ label: actLabel(act.kind, trans) })
      ],
      focusNodeSelector: 'input'
    });
    this.kind = act.kind;
    this.addClass('couture-ActDialog');
    this.onReady(null);
  }

  override resolve(index: number = ACCEPT): void {
    if (index !== ACCEPT || this.agreement) {
      super.resolve(index);
    }
  }

  get agreed(): AgreedAct | null {
    return this.agreement;
  }

  private onReady(ready: Ready | null): void {
    this.agreement = ready && ready.total > 0 ? ready : null;
    const button = this.node.querySelector<HTMLButtonElement>('.jp-mod-accept');
    const label = button?.querySelector('.jp-Dialog-buttonLabel');
    if (button && label) {
      const { trans } = this.couture;
      const text = ready ? confirmLabel(this.kind, ready.total, trans) : actLabel(this.kind, trans);
      label.textContent = text;
      button.ariaLabel = text;
      button.disabled = this.agreement === null;
    }
  }
}

class ActBody extends ReactWidget {
  constructor(
    private readonly couture: ICouture,
    private readonly reference: TaskRef,
    private readonly act: TaskAct,
    private readonly notice: string | null,
    private readonly onReady: (ready: Ready | null) => void
  ) {
    super();
    this.addClass('couture-ActBody');
  }

  protected override render(): JSX.Element {
    return (
      <ConnectedActForm
        couture={this.couture}
        reference={this.reference}
        act={this.act}
        notice={this.notice}
        onReady={this.onReady}
      />
    );
  }
}

interface ConnectedActFormProps {
  readonly couture: ICouture;
  readonly reference: TaskRef;
  readonly act: TaskAct;
  readonly notice: string | null;
  readonly onReady: (ready: Ready | null) => void;
}

function ConnectedActForm(props: ConnectedActFormProps): JSX.Element {
  const { couture, reference, notice, onReady } = props;
  const [act, setAct] = useState(props.act);
  const isLooked = hasPreview(act.kind);
  const key = JSON.stringify(previewQuery(act, reference));
  const looked = useFetched(
    isLooked ? key : null,
    async () => {
      const preview = await previewAct(couture.session.api, reference, act);
      return { key, preview };
    },
    'preview'
  );
  // The old list stays in sight while the new one is fetched, but nobody can agree to it.
  const isFresh = looked.value?.key === key && looked.load.status === 'ready';
  const preview = looked.value?.preview ?? null;
  useEffect(() => {
    if (!isLooked) {
      onReady({ act, token: null, total: 1 });
    } else if (isFresh && preview) {
      onReady({ act, token: preview.token, total: preview.total });
    } else {
      onReady(null);
    }
  }, [act, isLooked, isFresh, preview, onReady]);
  return (
    <TaskActForm
      reference={reference}
      act={act}
      preview={preview}
      load={isFresh || looked.load.status === 'failed' ? looked.load : { status: 'loading' }}
      notice={notice}
      trans={couture.trans}
      onFlag={(flag, isOn) => setAct(withFlag(act, flag, isOn))}
      onRetry={looked.retry}
    />
  );
}

/** Asks how far the action reaches. Null: the user gave up. */
export async function askAct(
  couture: ICouture,
  reference: TaskRef,
  act: TaskAct,
  notice: string | null
): Promise<AgreedAct | null> {
  const dialog = new ActDialog(couture, reference, act, notice);
  const result = await dialog.launch();
  return result.button.accept ? dialog.agreed : null;
}
