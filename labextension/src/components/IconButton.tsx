import type { LabIcon } from '@jupyterlab/ui-components';
import type { MouseEvent } from 'react';

export interface IconButtonProps {
  readonly icon: LabIcon;
  readonly label: string;
  readonly onClick: (event: MouseEvent<HTMLButtonElement>) => void;
  /** Shown next to the icon; without it the label is only read out and shown on hover. */
  readonly text?: string;
  readonly isDisabled?: boolean;
  readonly isBusy?: boolean;
  readonly isPressed?: boolean;
  readonly hook?: string;
}

/** A button in the manner of the lab's toolbars. */
export function IconButton(props: IconButtonProps): JSX.Element {
  const { icon: Icon, label, onClick, text, isDisabled, isBusy, isPressed, hook } = props;
  return (
    <button
      type="button"
      className="couture-Button"
      data-couture={hook}
      data-kind={text ? 'text' : 'icon'}
      data-busy={isBusy ? true : undefined}
      title={label}
      aria-label={text && label.startsWith(text) ? undefined : label}
      aria-pressed={isPressed}
      disabled={isDisabled || isBusy}
      onClick={onClick}
    >
      <Icon.react tag="span" className="couture-Button-icon" />
      {text && <span className="couture-Button-text">{text}</span>}
    </button>
  );
}
