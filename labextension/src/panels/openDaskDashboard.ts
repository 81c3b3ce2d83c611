/** Opens Dask's own pages in a tab of their own, or says why there are none. */
import { dashboardUrl, fetchDashboard } from '../api/overview';
import type { ICouture } from '../tokens';
import { tell } from './tell';

export async function openDaskDashboard({ session, trans }: ICouture): Promise<void> {
  const dashboard = await fetchDashboard(session.api);
  if (dashboard.state === 'ready') {
    window.open(dashboardUrl(session.api, dashboard), '_blank', 'noopener,noreferrer');
    return;
  }
  const words =
    dashboard.state === 'off'
      ? trans.__('The Dask dashboard is off. %1', dashboard.message)
      : trans.__('The Dask dashboard cannot be opened for now: %1', dashboard.message);
  tell('info', words, trans);
}
