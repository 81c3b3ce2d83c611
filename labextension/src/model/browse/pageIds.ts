/** Names of the pages of the menus Browse and Admin, and links to them. What is on a page is in a chunk of its own. */
import type { Translate } from '../labels';
import type { Permission } from '../permissions';

export const PAGE_IDS = [
  'runs',
  'jobs',
  'audit',
  'sla',
  'tasks',
  'assets',
  'asset-events',
  'variables'
] as const;

export type PageId = (typeof PAGE_IDS)[number];

/** Those in the menu Browse; the others are reached from them. */
export const MENU_PAGES: readonly PageId[] = ['runs', 'jobs', 'audit', 'sla', 'tasks', 'assets'];

/** Those in the menu Admin. */
export const ADMIN_PAGES: readonly PageId[] = ['variables'];

export function isPageId(word: unknown): word is PageId {
  return PAGE_IDS.some(id => id === word);
}

export const PAGE_PERMISSION: Readonly<Record<PageId, Permission>> = {
  runs: 'runs.read',
  jobs: 'jobs.read',
  audit: 'audit.read',
  sla: 'sla.read',
  tasks: 'tasks.read',
  assets: 'assets.read',
  'asset-events': 'assets.read',
  variables: 'variables.read'
};

/** The event of the audit log that says that somebody opened the page. */
export const PAGE_EVENT: Readonly<Record<PageId, string>> = {
  runs: 'dag_runs',
  jobs: 'jobs',
  audit: 'audit_log',
  sla: 'sla_misses',
  tasks: 'task_instances',
  assets: 'assets',
  'asset-events': 'asset_events',
  variables: 'variables'
};

export function pageTitle(page: PageId, trans: Translate): string {
  const titles: Readonly<Record<PageId, string>> = {
    runs: trans.__('DAG Runs'),
    jobs: trans.__('Jobs'),
    audit: trans.__('List Log'),
    sla: trans.__('SLA Misses'),
    tasks: trans.__('Task Instances'),
    assets: trans.__('Assets'),
    'asset-events': trans.__('Asset Events'),
    variables: trans.__('Variables')
  };
  return titles[page];
}

/** What menus and tabs call it. */
export function pageName(page: PageId, trans: Translate): string {
  return page === 'audit' ? trans.__('Audit Logs') : pageTitle(page, trans);
}

const PREFIX = 'browse/';
const PARAMETER = 'couture';

/** `browse/runs?state=failed&dag_id=etl`. */
export function linkTo(page: PageId, values: Readonly<Record<string, string>> = {}): string {
  const text = new URLSearchParams(values).toString();
  return `${PREFIX}${page}${text === '' ? '' : `?${text}`}`;
}

/** The page and the options of a link; null if it is none. */
export function readLink(
  link: string
): { readonly page: PageId; readonly values: URLSearchParams } | null {
  const [place = '', ...rest] = link.split('?');
  const page = place.startsWith(PREFIX) ? place.slice(PREFIX.length).replace(/\/$/, '') : '';
  return isPageId(page) ? { page, values: new URLSearchParams(rest.join('?')) } : null;
}

/** The address of the lab with a link in it. */
export function addressOf(lab: string, link: string): string {
  return `${lab}?${PARAMETER}=${encodeURIComponent(link)}`;
}

/**
 * The link in the query part of the lab's address (null: none), and that part without it.
 *
 * One written by hand, `?couture=browse/runs?state=failed&dag_id=etl`, holds `?` and `&` as they are: then all that
 * follows belongs to it.
 */
export function linkOfAddress(search: string): {
  readonly link: string | null;
  readonly rest: string;
} {
  const start = new RegExp(`[?&]${PARAMETER}=`).exec(search);
  if (!start) {
    return { link: null, rest: search };
  }
  const tail = search.slice(start.index + start[0].length);
  const [value = ''] = tail.split('&', 1);
  const isBare = value.includes('?');
  const before = search.slice(1, start.index);
  const after = isBare ? '' : tail.slice(value.length + 1);
  const rest = [before, after].filter(part => part !== '').join('&');
  return { link: isBare ? tail : decoded(value), rest: rest === '' ? '' : `?${rest}` };
}

function decoded(value: string): string | null {
  try {
    return decodeURIComponent(value);
  } catch {
    return null;
  }
}
