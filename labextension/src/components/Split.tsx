import {
  useLayoutEffect,
  useRef,
  useState,
  type KeyboardEvent,
  type PointerEvent,
  type ReactNode
} from 'react';

/** Part of the room of the second, between 0.15 and 0.85: where it is beside the first, and where it is below. */
export interface Shares {
  readonly beside: number;
  readonly below: number;
}

export interface SplitProps {
  readonly first: ReactNode;
  /** Absent: the first part has all the room. */
  readonly second: ReactNode | null;
  readonly shares: Shares;
  readonly label: string;
  readonly onShares: (shares: Shares) => void;
}

const STACKED_BELOW = 1150;
const STEP = 0.04;

function within(share: number): number {
  return Math.min(0.85, Math.max(0.15, share));
}

/** Two parts and a bar to drag between them: side by side, one above the other where that is too narrow. */
export function Split({ first, second, shares, label, onShares }: SplitProps): JSX.Element {
  const frame = useRef<HTMLDivElement>(null);
  const [isStacked, setIsStacked] = useState(false);
  useLayoutEffect(() => {
    const element = frame.current;
    if (!element) {
      return undefined;
    }
    const observer = new ResizeObserver(() => setIsStacked(element.clientWidth < STACKED_BELOW));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const share = isStacked ? shares.below : shares.beside;
  const setShare = (wanted: number): void =>
    onShares({ ...shares, [isStacked ? 'below' : 'beside']: within(wanted) });
  const onPointerMove = (event: PointerEvent): void => {
    const box = frame.current?.getBoundingClientRect();
    if (box && event.currentTarget.hasPointerCapture(event.pointerId)) {
      setShare(
        isStacked
          ? (box.bottom - event.clientY) / box.height
          : (box.right - event.clientX) / box.width
      );
    }
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const grows = event.key === 'ArrowLeft' || event.key === 'ArrowUp';
    if (grows || event.key === 'ArrowRight' || event.key === 'ArrowDown') {
      event.preventDefault();
      setShare(share + (grows ? STEP : -STEP));
    }
  };
  return (
    <div ref={frame} className="couture-Split" data-stacked={isStacked}>
      <div className="couture-Split-part" style={{ flex: second ? 1 - share : 1 }}>
        {first}
      </div>
      {second && (
        <>
          <div
            role="separator"
            className="couture-Split-bar"
            tabIndex={0}
            aria-label={label}
            aria-orientation={isStacked ? 'horizontal' : 'vertical'}
            aria-valuenow={Math.round(share * 100)}
            aria-valuemin={15}
            aria-valuemax={85}
            onPointerDown={event => event.currentTarget.setPointerCapture(event.pointerId)}
            onPointerMove={onPointerMove}
            onKeyDown={onKeyDown}
          />
          <div className="couture-Split-part" style={{ flex: share }}>
            {second}
          </div>
        </>
      )}
    </div>
  );
}
