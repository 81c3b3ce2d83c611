import type { DagActions } from '../../components/actions';
import type { MountEditor } from '../../components/CodeView';
import type { KnownRun } from '../../model/state';
import type { Shown } from '../../model/shownRun';
import type { DagDetail, DagRow } from '../../model/wire';
import type { DagView } from '../../store/dagView';
import type { LaidOutGraph } from '../../store/graphs';
import type { Fetched } from '../../store/hooks';
import type { ICouture } from '../../tokens';

/** The part of `ICouture` that a view needs which is shown in notebooks, too. */
export type Live = Pick<ICouture, 'session' | 'trans'>;

/** What every view of a DAG gets. A view selects a task instance by `view.dispatch`; its panel then opens beside it. */
export interface TabProps {
  readonly dagId: string;
  readonly couture: ICouture;
  readonly view: DagView;
  readonly actions: DagActions;
  readonly row: DagRow | undefined;
  readonly runs: readonly KnownRun[];
  /** The run and version that the header's selector says. */
  readonly shown: Shown;
  readonly detail: Fetched<DagDetail>;
  /** Tasks and edges of the shown version, laid out. */
  readonly graph: Fetched<LaidOutGraph>;
  readonly isPaused: boolean;
  readonly now: number;
  readonly mountEditor: MountEditor | null;
}

/** What the graph needs of that; the widget of notebooks has no more. */
export interface GraphTabProps extends Pick<
  TabProps,
  'dagId' | 'view' | 'shown' | 'detail' | 'graph'
> {
  readonly couture: Live;
  readonly actions: Pick<DagActions, 'showTaskMenu' | 'showItems'>;
}

/** What a chart over past runs needs of that; the widget of notebooks has no more. */
export interface HistoryTabProps extends Pick<TabProps, 'dagId' | 'view' | 'runs'>, ChartTabProps {
  readonly couture: Live;
  /** What can be chosen; without it the tab keeps that for itself. */
  readonly settings?: HistorySettings;
  readonly onSettings?: (change: Partial<HistorySettings>) => void;
}

export interface HistorySettings {
  /** How many of the newest runs. */
  readonly runs: number;
  /** All attempts of a task together instead of the last one. */
  readonly isCumulative: boolean;
}

/** What the Gantt chart needs of that; the widget of notebooks has no more. */
export interface GanttTabProps
  extends Pick<TabProps, 'dagId' | 'view' | 'shown' | 'now'>, ChartTabProps {
  readonly couture: Live;
}

interface ChartTabProps {
  /** Whether the selected task stands out, and pressing it again takes that back. */
  readonly marksSelected?: boolean;
  /** Whether the figure takes the height that is there instead of its own. */
  readonly isFitted?: boolean;
}

/** What the tree needs of that; the widget of notebooks has no more. */
export interface TreeTabProps extends Pick<TabProps, 'dagId' | 'view' | 'shown'> {
  readonly couture: Live;
  readonly actions: Pick<DagActions, 'showTaskMenu' | 'backfill'> &
    Partial<Pick<DagActions, 'trigger'>>;
}
