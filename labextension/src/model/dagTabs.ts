/** The views of one DAG, in the order in which they stand side by side. */
import type { Translate } from './labels';
import type { May, Permission } from './permissions';

export const DAG_TABS = [
  'graph',
  'tree',
  'duration',
  'tries',
  'landing',
  'gantt',
  'details',
  'code',
  'runs',
  'audit',
  'why'
] as const;

export type DagTab = (typeof DAG_TABS)[number];

/** What a tab asks the server for. */
const READS: Readonly<Record<DagTab, Permission>> = {
  graph: 'dags.read',
  tree: 'tasks.read',
  duration: 'tasks.read',
  tries: 'tasks.read',
  landing: 'tasks.read',
  gantt: 'tasks.read',
  details: 'dags.read',
  code: 'code.read',
  runs: 'runs.read',
  audit: 'audit.read',
  why: 'tasks.read'
};

/** The tabs that the user may see. */
export function tabsFor(may: May): readonly DagTab[] {
  return DAG_TABS.filter(tab => may(READS[tab]));
}

export function isDagTab(word: unknown): word is DagTab {
  return DAG_TABS.some(tab => tab === word);
}

/** What the tab is called. */
export function dagTabLabel(tab: DagTab, trans: Translate): string {
  const labels: Readonly<Record<DagTab, string>> = {
    graph: trans.__('Graph View'),
    tree: trans.__('Tree View'),
    duration: trans.__('Task Duration'),
    tries: trans.__('Task Tries'),
    landing: trans.__('Landing Times'),
    gantt: trans.__('Gantt'),
    details: trans.__('Details'),
    code: trans.__('Code'),
    runs: trans.__('Runs'),
    audit: trans.__('Audit'),
    why: trans.__('Why')
  };
  return labels[tab];
}
