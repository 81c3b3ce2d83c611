/** A dialog of the lab whose body has its own buttons, so that it can stay open while something is sent. */
import { Dialog } from '@jupyterlab/apputils';
import { ReactWidget } from '@jupyterlab/ui-components';

class ModalBody<T> extends ReactWidget implements Dialog.IBodyWidget<T | null> {
  constructor(private readonly draw: () => JSX.Element) {
    super();
    this.addClass('couture-ModalBody');
  }

  getValue(): T | null {
    return null;
  }

  protected override render(): JSX.Element {
    return this.draw();
  }
}

/** Shows `draw(close)` in a dialog; resolves to what it was closed with, null if the user gave up. */
export async function openModal<T>(
  title: string,
  draw: (close: (value: T | null) => void) => JSX.Element,
  focus: string
): Promise<T | null> {
  let value: T | null = null;
  const dialog: Dialog<T | null> = new Dialog<T | null>({
    title,
    body: new ModalBody<T>(() =>
      draw(result => {
        value = result;
        dialog.reject();
      })
    ),
    buttons: [],
    hasClose: true,
    focusNodeSelector: focus
  });
  dialog.addClass('couture-Modal');
  await dialog.launch();
  return value;
}
