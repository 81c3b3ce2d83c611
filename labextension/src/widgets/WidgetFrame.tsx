import { useEffect, useRef, type CSSProperties, type ReactNode } from 'react';
import { ConnectionBanner } from '../components/ConnectionBanner';
import type { Live } from '../panels/tabs/types';
import { useCouture } from '../store/hooks';
import { numberOf, type WidgetModel } from './model';
import { useOrphan } from './useOrphan';
import { useTrait } from './useTrait';

export interface WidgetFrameProps {
  readonly live: Live;
  readonly model: WidgetModel;
  readonly el: HTMLElement;
  readonly label: string;
  /** The trait `height` holds; without it the widget is as high as what it shows. */
  readonly isSized: boolean;
  readonly isAtMost: boolean;
  readonly children: ReactNode;
}

const HEIGHT = 420;
/** The lab looks for it from the focused element outwards, and at each first whether a shortcut is meant for it. */
const NO_SHORTCUTS = 'data-lm-suppress-shortcuts';

function sizeOf({ model, isSized, isAtMost }: WidgetFrameProps): CSSProperties {
  const height = numberOf(model, 'height', HEIGHT);
  if (isAtMost) {
    return { height: 'auto', maxHeight: height };
  }
  return { height: isSized ? height : 'auto' };
}

/** What every widget has: its room, and a word when server, engine or kernel are gone. */
export function WidgetFrame(props: WidgetFrameProps): JSX.Element {
  const { live, model, el, label, children } = props;
  const { session, trans } = live;
  const room = useRef<HTMLElement>(null);
  useTrait(model, 'height');
  const connection = useCouture(session, state => state.connection);
  const engine = useCouture(session, state => state.engine);
  const isOrphan = useOrphan(el, model);
  useEffect(() => {
    const element = room.current;
    // The wheel scrolls the notebook, until one works with the picture.
    const onWheel = (event: WheelEvent): void => {
      const isAtWork = element?.contains(document.activeElement) ?? false;
      if (!event.ctrlKey && !event.metaKey && !isAtWork) {
        event.stopPropagation();
      }
    };
    element?.addEventListener('wheel', onWheel, { capture: true, passive: true });
    return () => element?.removeEventListener('wheel', onWheel, { capture: true });
  }, []);
  return (
    <section
      ref={room}
      className="couture-Panel couture-Widget"
      data-couture="widget"
      {...{ [NO_SHORTCUTS]: 'true' }}
      data-jp-suppress-context-menu="true"
      aria-label={label}
      onFocus={event => event.target.setAttribute(NO_SHORTCUTS, 'true')}
      style={sizeOf(props)}
    >
      <ConnectionBanner
        connection={connection}
        engine={engine}
        trans={trans}
        onRetry={() => session.retry()}
      />
      {isOrphan && (
        <div className="couture-Banner" data-kind="warning" data-couture="orphan" role="status">
          <span>
            {trans.__(
              'The kernel that made this view is gone: it stays live, but Python no longer hears of choices. Run the cell again to connect them.'
            )}
          </span>
        </div>
      )}
      {children}
    </section>
  );
}
