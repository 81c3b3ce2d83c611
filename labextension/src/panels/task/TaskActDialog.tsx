/** The dialog that asks how far an action on a task reaches, and shows what it would touch meanwhile. */
import { Dialog } from '@jupyterlab/apputils';
import { ReactWidget } from '@jupyterlab/ui-components';
import { actLabel, actTitle, confirmLabel, type TaskAct, type TaskRef } from '../../model/taskAct';
import type { ICouture } from '../../tokens';
import { FocusedDialog } from '../FocusedDialog';
import { ConnectedActForm, type AgreedAct, type ReadyAct } from './ConnectedActForm';

const ACCEPT = 1;

/** The lab's dialog, whose button says how many task instances it is about and waits until that is known. */
class ActDialog extends FocusedDialog<AgreedAct> {
  private agreement: ReadyAct | null = null;
  private readonly kind: TaskAct['kind'];

  constructor(
    private readonly couture: ICouture,
    reference: TaskRef,
    act: TaskAct,
    notice: string | null
  ) {
    const { trans } = couture;
    super({
      title: actTitle(act.kind, reference, trans),
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

  private onReady(ready: ReadyAct | null): void {
    this.agreement = ready && ready.total > 0 ? ready : null;
    const button = this.node.querySelector<HTMLButtonElement>('.jp-mod-accept');
    const label = button?.querySelector('.jp-Dialog-buttonLabel');
    if (button && label) {
      const { trans } = this.couture;
      const text = ready ? confirmLabel(this.kind, ready.total, trans) : actLabel(this.kind, trans);
      label.textContent = text;
      button.ariaLabel = text;
      const hadFocus = button === document.activeElement;
      button.disabled = this.agreement === null;
      if (hadFocus && button.disabled) {
        this.node.focus();
      }
    }
  }
}

class ActBody extends ReactWidget {
  constructor(
    private readonly couture: ICouture,
    private readonly reference: TaskRef,
    private readonly act: TaskAct,
    private readonly notice: string | null,
    private readonly onReady: (ready: ReadyAct | null) => void
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
