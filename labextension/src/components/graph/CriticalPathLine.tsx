import type { CriticalPath } from '../../model/criticalPath';
import { formatDuration } from '../../model/format';
import type { Translate } from '../../model/labels';

export interface CriticalPathLineProps {
  readonly path: CriticalPath;
  readonly trans: Translate;
  readonly onSelect: (taskId: string) => void;
}

/** The critical path in words: how long, how much of it waiting, and its longest link. */
export function CriticalPathLine({ path, trans, onSelect }: CriticalPathLineProps): JSX.Element {
  const longest = path.steps.reduce((one, other) =>
    other.waitSeconds + other.runSeconds > one.waitSeconds + one.runSeconds ? other : one
  );
  return (
    <p
      className="couture-CriticalPath"
      data-couture="critical-path-text"
      data-seconds={path.totalSeconds}
      role="status"
    >
      <strong>{trans.__('Critical path: %1', formatDuration(path.totalSeconds))}</strong>
      <span>
        {trans._n(
          '%1 task, %2 of it waiting',
          '%1 tasks, %2 of it waiting',
          path.steps.length,
          formatDuration(path.waitSeconds)
        )}
      </span>
      <span>
        {trans.__('longest:')}{' '}
        <button
          type="button"
          className="couture-LinkButton"
          onClick={() => onSelect(longest.taskId)}
        >
          {longest.taskId}
        </button>{' '}
        {trans.__(
          '(waited %1, ran %2)',
          formatDuration(longest.waitSeconds),
          formatDuration(longest.runSeconds)
        )}
      </span>
    </p>
  );
}
