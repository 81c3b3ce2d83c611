import { ReactWidget } from '@jupyterlab/ui-components';
import type { Message } from '@lumino/messaging';

/** A widget that is drawn again when it is shown or hidden, so that it can rest while nobody sees it (`isVisible`). */
export abstract class SeenWidget extends ReactWidget {
  protected override onAfterShow(message: Message): void {
    super.onAfterShow(message);
    this.update();
  }

  protected override onAfterHide(message: Message): void {
    super.onAfterHide(message);
    this.update();
  }
}
