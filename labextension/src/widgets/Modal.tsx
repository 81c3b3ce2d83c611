import { useId, useLayoutEffect, useRef, type ReactNode } from 'react';

export interface ModalProps {
  readonly title: string;
  readonly onCancel: () => void;
  readonly children: ReactNode;
}

/**
 * A dialog for pages that may have none of the lab's: the browser's own, over everything, which keeps the focus inside
 * and gives it back at the end. It is part of the widget, so it has its colours and keeps the keys of the notebook away.
 */
export function Modal({ title, onCancel, children }: ModalProps): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useLayoutEffect(() => {
    const element = dialog.current;
    element?.showModal();
    // Before it is taken out of the page: only a dialog that is closed gives the focus back.
    return () => element?.close();
  }, []);
  return (
    <dialog
      ref={dialog}
      className="couture-WidgetModal"
      data-couture="widget-dialog"
      aria-labelledby={heading}
      onCancel={event => {
        event.preventDefault();
        onCancel();
      }}
    >
      <h2 id={heading}>{title}</h2>
      {children}
    </dialog>
  );
}
