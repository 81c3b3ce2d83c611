import type { ReactNode } from 'react';
import type { DagRow } from '../model/wire';

export interface DagTitleProps {
  readonly dagId: string;
  readonly row: DagRow | undefined;
  readonly children?: ReactNode;
}

/** Which DAG. */
export function DagTitle({ dagId, row, children }: DagTitleProps): JSX.Element {
  return (
    <header className="couture-Widget-head">
      <span className="couture-Widget-title" title={row?.description ?? undefined}>
        {dagId}
      </span>
      {children}
    </header>
  );
}
