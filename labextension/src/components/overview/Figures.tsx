import type { Translate } from '../../model/labels';
import type { Overview } from '../../model/wire';

export interface FiguresProps {
  readonly overview: Overview | null;
  readonly trans: Translate;
}

/** The counters of the deployment in large figures. */
export function Figures({ overview, trans }: FiguresProps): JSX.Element {
  const figures = [
    { id: 'running-runs', label: trans.__('runs under way'), count: overview?.running_runs },
    { id: 'running-tasks', label: trans.__('tasks running'), count: overview?.running_tasks },
    { id: 'queued-tasks', label: trans.__('tasks queued'), count: overview?.queued_tasks },
    { id: 'failed-runs', label: trans.__('runs failed in 24 h'), count: overview?.failed_runs_24h },
    { id: 'import-errors', label: trans.__('import errors'), count: overview?.import_errors }
  ];
  return (
    <dl className="couture-Figures">
      {figures.map(({ id, label, count }) => (
        <div key={id} data-figure={id} data-some={count ? true : undefined}>
          <dd className="couture-number">{count ?? '–'}</dd>
          <dt>{label}</dt>
        </div>
      ))}
    </dl>
  );
}
