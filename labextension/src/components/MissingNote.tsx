import type { Missing } from '../model/wire';
import { MARK_SIZE, MISSING_MARK } from './stateMarks';

/** The warning sign of a task that cannot run, for people who see it. */
export function MissingMark(): JSX.Element {
  return (
    <svg
      className="couture-MissingMark"
      viewBox={`0 0 ${MARK_SIZE} ${MARK_SIZE}`}
      width={MARK_SIZE}
      height={MARK_SIZE}
      aria-hidden="true"
    >
      <path d={MISSING_MARK} />
    </svg>
  );
}

/** Why a task cannot run, and what would do instead. */
export function MissingNote({ missing }: { readonly missing: Missing }): JSX.Element {
  return (
    <p
      className="couture-MissingNote"
      role="note"
      data-couture="missing"
      data-provider={missing.provider}
    >
      <MissingMark />
      <span>{missing.sentence}</span>
    </p>
  );
}
