import { useId, type ReactNode } from 'react';

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
