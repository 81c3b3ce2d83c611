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

/** What the tree needs of that; the widget of notebooks has no more. */
export interface TreeTabProps extends Pick<TabProps, 'dagId' | 'view' | 'shown'> {
  readonly couture: Live;
  readonly actions: Pick<DagActions, 'showTaskMenu' | 'backfill'> &
    Partial<Pick<DagActions, 'trigger'>>;
}
