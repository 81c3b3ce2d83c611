/** The views of notebooks by the name that Python gives them. */
import type { ComponentType } from 'react';
import type { Live } from '../panels/tabs/types';
import { DagGraph } from './DagGraph';
import { LogView } from './LogView';
import type { WidgetModel } from './model';
import { RunProgress } from './RunProgress';
import { RunTree } from './RunTree';
import { TaskActions } from './TaskActions';

export interface ViewProps {
  readonly live: Live;
  readonly model: WidgetModel;
  /** The trait `dag_id`; empty for views of all DAGs. */
  readonly dagId: string;
}

export interface ViewKind {
  readonly View: ComponentType<ViewProps>;
  /** Whether it fills the height it is given; else it is as high as what it shows. */
  readonly isSized: boolean;
}

export const VIEWS: Readonly<Record<string, ViewKind>> = {
  'dag-graph': { View: DagGraph, isSized: true },
  'run-tree': { View: RunTree, isSized: true },
  'log-view': { View: LogView, isSized: true },
  'run-progress': { View: RunProgress, isSized: false },
  'task-actions': { View: TaskActions, isSized: false }
};
