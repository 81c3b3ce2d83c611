/** A dialog of the lab that hears Escape from the first moment, whatever it has to show yet. */
import { Dialog } from '@jupyterlab/apputils';
import type { Message } from '@lumino/messaging';

/** Holds the focus itself while nothing in it can: its keys and a screen reader need it inside. */
export class FocusedDialog<T> extends Dialog<T> {
  constructor(options: Partial<Dialog.IOptions<T>>) {
    super(options);
    this.node.tabIndex = -1;
    this.addClass('couture-FocusedDialog');
  }

  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    if (!this.node.contains(document.activeElement)) {
      this.node.focus();
    }
  }
}
