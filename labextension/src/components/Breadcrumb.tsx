import type { Translate } from '../model/labels';
import type { Trail } from '../model/trail';

export interface BreadcrumbProps {
  /** What led here; nothing is shown without. */
  readonly trail: Trail;
  readonly dagId: string;
  readonly trans: Translate;
  /** Back to a step of the trail, by its place. */
  readonly onBack: (place: number) => void;
}

/** The way back out of a DAG that another one runs. */
export function Breadcrumb({ trail, dagId, trans, onBack }: BreadcrumbProps): JSX.Element | null {
  if (trail.length === 0) {
    return null;
  }
  return (
    <nav
      className="couture-Breadcrumb"
      data-couture="breadcrumb"
      aria-label={trans.__('DAGs around this one')}
    >
      <ol>
        {trail.map((step, place) => (
          <li key={`${place} ${step.dagId}`}>
            <button
              type="button"
              className="couture-LinkButton"
              title={trans.__('Back to task %1 of %2', step.taskId, step.dagId)}
              onClick={() => onBack(place)}
            >
              {step.dagId}
            </button>
            <span className="couture-faint">{step.taskId}</span>
          </li>
        ))}
        <li aria-current="page">{dagId}</li>
      </ol>
    </nav>
  );
}
