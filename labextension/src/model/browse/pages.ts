/** What is on the pages of the menus Browse and Admin. */
import { assetEventsPage, assetsPage } from './assets';
import { auditPage } from './audit';
import { jobsPage } from './jobs';
import { missesPage } from './misses';
import type { BrowsePage } from './page';
import type { PageId } from './pageIds';
import { runsPage } from './runs';
import { tasksPage } from './tasks';
import { variablesPage } from './variables';

const PAGES: Readonly<Record<PageId, BrowsePage>> = {
  runs: runsPage,
  jobs: jobsPage,
  audit: auditPage,
  sla: missesPage,
  tasks: tasksPage,
  assets: assetsPage,
  'asset-events': assetEventsPage,
  variables: variablesPage
};

export function browsePage(id: PageId): BrowsePage {
  return PAGES[id];
}
