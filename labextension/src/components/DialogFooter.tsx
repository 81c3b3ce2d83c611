import type { Translate } from '../model/labels';

export interface DialogButton {
  readonly hook: string;
  readonly label: string;
  readonly run: () => void;
  readonly isMain?: boolean;
  /** Takes something away for good. */
  readonly isDanger?: boolean;
  readonly isDisabled?: boolean;
}

export interface DialogFooterProps {
  /** Why the buttons cannot be pressed; null: they can. */
  readonly reason: string | null;
  readonly isBusy: boolean;
  readonly buttons: readonly DialogButton[];
  readonly trans: Translate;
  /** Absent in a form that is part of a page. */
  readonly onCancel?: (() => void) | undefined;
}

/** The last line of a dialog: what is missing, then the ways out of it, as the lab's dialogs have them. */
export function DialogFooter(props: DialogFooterProps): JSX.Element {
  const { reason, isBusy, buttons, trans, onCancel } = props;
  return (
    <div className="couture-DialogFooter">
      <span className="couture-DialogFooter-reason" role="status" data-couture="dialog-reason">
        {reason}
      </span>
      {onCancel && (
        <button
          type="button"
          className="jp-Dialog-button jp-mod-reject jp-mod-styled"
          data-couture="dialog-cancel"
          onClick={onCancel}
        >
          <span className="jp-Dialog-buttonLabel">{trans.__('Cancel')}</span>
        </button>
      )}
      {buttons.map(button => (
        <button
          key={button.hook}
          type="button"
          className={`jp-Dialog-button jp-mod-styled ${
            button.isDanger ? 'jp-mod-warn' : button.isMain ? 'jp-mod-accept' : 'couture-mod-second'
          }`}
          data-couture={button.hook}
          aria-busy={isBusy}
          disabled={reason !== null || button.isDisabled}
          title={reason ?? undefined}
          onClick={() => !isBusy && button.run()}
        >
          <span className="jp-Dialog-buttonLabel">{button.label}</span>
        </button>
      ))}
    </div>
  );
}
