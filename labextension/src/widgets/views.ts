/** The views of notebooks by the name that Python gives them. */
import type { ComponentType } from 'react';
import type { Live } from '../panels/tabs/types';
import { DagGraph } from './DagGraph';
import { DagsTable } from './DagsTable';
import { LandingTimes, TaskDuration, TaskTries } from './HistoryCharts';
import { LogView } from './LogView';
import type { WidgetModel } from './model';
import { NotebookOutput } from './NotebookOutput';
import { PoolUse } from './PoolUse';
import { RunGantt } from './RunGantt';
import { RunProgress } from './RunProgress';
import { RunTree } from './RunTree';
import { TaskActions } from './TaskActions';
import { TriggerForm } from './TriggerForm';

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
  /** Whether it takes less of that height where it has less to show. */
  readonly isAtMost?: boolean;
}

export const VIEWS: Readonly<Record<string, ViewKind>> = {
  'dag-graph': { View: DagGraph, isSized: true },
  'dags-table': { View: DagsTable, isSized: true },
  'landing-times': { View: LandingTimes, isSized: true },
  'log-view': { View: LogView, isSized: true },
  'notebook-output': { View: NotebookOutput, isSized: true },
  'pool-use': { View: PoolUse, isSized: true },
  'run-gantt': { View: RunGantt, isSized: true, isAtMost: true },
  'run-progress': { View: RunProgress, isSized: false },
  'run-tree': { View: RunTree, isSized: true },
  'task-actions': { View: TaskActions, isSized: false },
  'task-duration': { View: TaskDuration, isSized: true },
  'task-tries': { View: TaskTries, isSized: true },
  'trigger-form': { View: TriggerForm, isSized: false }
};
