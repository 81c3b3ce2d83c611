/** The views of one DAG, in the order in which they stand side by side. */
import type { Translate } from './labels';

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
  'audit'
] as const;

export type DagTab = (typeof DAG_TABS)[number];

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
    audit: trans.__('Audit')
  };
  return labels[tab];
}
