/** A dialog of the lab whose body has its own buttons, so that it can stay open while something is sent. */
import type { Dialog } from '@jupyterlab/apputils';
import { ReactWidget } from '@jupyterlab/ui-components';
import { useEffect, useRef, type ReactNode } from 'react';
import { FocusedDialog } from './FocusedDialog';

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

interface FocusedProps {
  readonly selector: string;
  readonly children: ReactNode;
}

/** Takes the focus once it is drawn, as the dialog looks for its first field before: Escape is heard only inside. */
function Focused({ selector, children }: FocusedProps): JSX.Element {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!place.current?.contains(document.activeElement)) {
      place.current?.querySelector<HTMLElement>(selector)?.focus();
    }
  }, [selector]);
  return (
    <div ref={place} className="couture-ModalBody-inside">
      {children}
    </div>
  );
}

/** Shows `draw(close)` in a dialog; resolves to what it was closed with, null if the user gave up. */
export async function openModal<T>(
  title: string,
  draw: (close: (value: T | null) => void) => JSX.Element,
  focus: string
): Promise<T | null> {
  let value: T | null = null;
  const dialog: Dialog<T | null> = new FocusedDialog<T | null>({
    title,
    body: new ModalBody<T>(() => (
      <Focused selector={focus}>
        {draw(result => {
          value = result;
          dialog.reject();
        })}
      </Focused>
    )),
    buttons: [],
    hasClose: true,
    focusNodeSelector: focus
  });
  dialog.addClass('couture-Modal');
  await dialog.launch();
  return value;
}
