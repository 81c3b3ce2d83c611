/** The views of a DAG. Each is a chunk of its own, loaded when it is first opened. */
import type { ComponentType } from 'react';
import type { DagTab } from '../../model/dagTabs';
import { loadable } from '../loadable';
import type { TabProps } from './types';

interface TabKind {
  readonly View: ComponentType<TabProps>;
  /** Whether it shows one run, so that the header offers which. */
  readonly isOfRun: boolean;
  /** Whether tasks can be selected in it, so that their panel opens beside it. */
  readonly hasTasks: boolean;
}

const TABS: Readonly<Record<DagTab, TabKind>> = {
  graph: { View: loadable<TabProps>(() => import('./GraphTab')), isOfRun: true, hasTasks: true },
  tree: {
    View: loadable<TabProps>(() => import('./StyledTreeTab')),
    isOfRun: true,
    hasTasks: true
  },
  duration: {
    View: loadable<TabProps>(() => import('./DurationTab')),
    isOfRun: false,
    hasTasks: true
  },
  tries: { View: loadable<TabProps>(() => import('./TriesTab')), isOfRun: false, hasTasks: true },
  landing: {
    View: loadable<TabProps>(() => import('./LandingTab')),
    isOfRun: false,
    hasTasks: true
  },
  gantt: { View: loadable<TabProps>(() => import('./GanttTab')), isOfRun: true, hasTasks: true },
  details: { View: loadable(() => import('./DetailsTab')), isOfRun: false, hasTasks: false },
  code: { View: loadable(() => import('./CodeTab')), isOfRun: true, hasTasks: false },
  runs: { View: loadable(() => import('./RunsTab')), isOfRun: false, hasTasks: false },
  audit: { View: loadable(() => import('./AuditTab')), isOfRun: false, hasTasks: false },
  why: { View: loadable(() => import('./WhyTab')), isOfRun: true, hasTasks: true }
};

/** The view of a tab. */
export function tabKind(tab: DagTab): TabKind {
  return TABS[tab];
}
