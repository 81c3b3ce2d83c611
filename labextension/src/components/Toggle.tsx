export interface ToggleProps {
  readonly isOn: boolean;
  readonly isBusy: boolean;
  /** Shows the position and cannot be moved: for those who may not. */
  readonly isFixed?: boolean;
  readonly label: string;
  readonly onToggle: (isOn: boolean) => void;
}

/** The ON/OFF switch of a DAG. */
export function Toggle({ isOn, isBusy, isFixed, label, onToggle }: ToggleProps): JSX.Element {
  return (
    <button
      type="button"
      role="switch"
      className="couture-Toggle"
      aria-checked={isOn}
      aria-label={label}
      aria-busy={isBusy}
      title={label}
      disabled={isBusy || isFixed}
      onClick={() => onToggle(!isOn)}
    >
      <span className="couture-Toggle-knob" />
    </button>
  );
}
