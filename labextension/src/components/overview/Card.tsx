import { useId, type ReactNode } from 'react';
import type { Translate } from '../../model/labels';

export interface CardProps {
  readonly title: string;
  /** For tests and styles. */
  readonly hook: string;
  /** Beside the title: how many there are in all, or a link to all of them. */
  readonly aside?: ReactNode;
  readonly isWide?: boolean;
  readonly children: ReactNode;
}

/** A titled part of the overview. */
export function Card({ title, hook, aside, isWide, children }: CardProps): JSX.Element {
  const id = useId();
  return (
    <section
      className="couture-Card"
      data-couture={hook}
      data-wide={isWide ? true : undefined}
      aria-labelledby={id}
    >
      <header className="couture-Card-head">
        <h2 id={id}>{title}</h2>
        {aside}
      </header>
      {children}
    </section>
  );
}

/** What a card says when it has nothing to show. */
export function Nothing({ children }: { readonly children: ReactNode }): JSX.Element {
  return <p className="couture-Card-nothing">{children}</p>;
}

export interface MoreProps {
  /** Undefined while that is not known. */
  readonly shown: number | undefined;
  readonly total: number | undefined;
  readonly trans: Translate;
  readonly onOpen: () => void;
}

/** How many there are beyond those that are shown, and the way to them; nothing if these are all. */
export function More({ shown, total, trans, onOpen }: MoreProps): JSX.Element | null {
  if (shown === undefined || total === undefined || shown === 0 || total <= shown) {
    return null;
  }
  return (
    <button
      type="button"
      className="couture-LinkButton couture-Card-more"
      data-couture="more-runs"
      onClick={onOpen}
    >
      {trans._n('%1 more', '%1 more', total - shown, total - shown)}
    </button>
  );
}
