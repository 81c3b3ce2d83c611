import { ReactWidget } from '@jupyterlab/ui-components';
import type { Message } from '@lumino/messaging';
import { Seen } from '../store/seen';

/** A widget that is drawn again when it is shown or hidden, and tells its views (`useSeen`), so that they can rest. */
export abstract class SeenWidget extends ReactWidget {
  protected abstract draw(): JSX.Element;

  protected override render(): JSX.Element {
    return <Seen.Provider value={this.isVisible}>{this.draw()}</Seen.Provider>;
  }

  protected override onAfterShow(message: Message): void {
    super.onAfterShow(message);
    this.update();
  }

  protected override onAfterHide(message: Message): void {
    super.onAfterHide(message);
    this.update();
  }
}
