import type { Translate } from '../../model/labels';
import type { Dashboard } from '../../model/wireActivity';

export interface DaskDashboardProps {
  readonly dashboard: Dashboard;
  /** Where it opens. */
  readonly url: string;
  readonly trans: Translate;
}

/** The way to Dask's own pages; nothing while they are off. */
export function DaskDashboard({ dashboard, url, trans }: DaskDashboardProps): JSX.Element | null {
  if (dashboard.state === 'off') {
    return null;
  }
  return (
    <p className="couture-Health-dashboard" data-couture="dask-dashboard">
      {dashboard.state === 'ready' ? (
        <a
          href={url}
          target="_blank"
          rel="noopener noreferrer"
          aria-label={trans.__('Dask dashboard, opens in a new tab')}
        >
          {trans.__('Dask dashboard')}
        </a>
      ) : (
        trans.__('The Dask dashboard cannot be opened for now: %1', dashboard.message)
      )}
    </p>
  );
}
