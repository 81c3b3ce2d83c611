/** What the views ask for. The panels carry it out with commands, dialogs and the session. */
import type { DagTab } from '../model/dagTabs';
import type { Trail, TrailStep } from '../model/trail';
import type { GraphNode, RunState, TaskState } from '../model/wire';

/** Which part of a DAG's document. */
export interface DagTarget {
  readonly tab?: DagTab;
  readonly runId?: string;
  readonly taskId?: string;
  readonly mapIndex?: number;
  /** The way back out of it. */
  readonly trail?: Trail;
}

/** A task instance that one can do something with, and the DAG it runs, if it is known to run one. */
export interface TaskTarget extends TrailStep {
  readonly runsDag: boolean;
  readonly childDag: string | null;
  /** A mapped task with all its instances, none of them in particular. */
  readonly isMapped: boolean;
}

/** The operators whose DAG may be known only when they run. */
const RUNS_DAGS: ReadonlySet<string> = new Set(['DagOperator', 'TriggerDagRunOperator']);

export function runsDag(node: GraphNode): boolean {
  return node.child_dag !== null || RUNS_DAGS.has(node.operator);
}

export function taskTarget(node: GraphNode, step: TrailStep): TaskTarget {
  const isMapped = node.is_mapped && step.mapIndex < 0;
  return { ...step, runsDag: runsDag(node), childDag: node.child_dag, isMapped };
}

/** An act of a view that is no command. */
export interface MenuItem {
  readonly label: string;
  readonly run: () => void;
}

export interface DagActions {
  open(dagId: string, target?: DagTarget): void;
  setPaused(dagId: string, isPaused: boolean): void;
  /** `withConf` asks for conf and dates first. */
  trigger(dagId: string, withConf: boolean): void;
  refresh(dagId: string): void;
  /** Asks for the runs of a range of dates; absent where nothing can do that. */
  readonly backfill?: ((dagId: string) => void) | undefined;
  /** A menu of everything one can do with a DAG, at client coordinates. */
  showMenu(dagId: string, x: number, y: number): void;
  /** The DAG that a task runs, at the run that it made; `trail` led to the task's own DAG. */
  zoomInto(task: TaskTarget, trail: Trail): void;
  /** A menu of everything one can do with a task instance, at client coordinates. */
  showTaskMenu(task: TaskTarget, trail: Trail, x: number, y: number): void;
  /** A menu of a few acts of the view itself, at client coordinates. */
  showItems(items: readonly MenuItem[], x: number, y: number): void;
  /** Asks whether it is meant. */
  deleteDag(dagId: string): void;
  /** A menu of everything one can do with a run, at client coordinates. */
  showRunMenu(dagId: string, runId: string, x: number, y: number): void;
  /** An executed notebook, by the path the server gives. */
  openNotebook(path: string): void;
  openFile(file: string, line: number | null): void;
  /** What runs, pools, workers and health. */
  openOverview(): void;
}

/** What the list of DAGs asks for. */
export interface DagListActions extends Pick<
  DagActions,
  'open' | 'setPaused' | 'trigger' | 'refresh' | 'showMenu' | 'openFile'
> {
  /** Asks before it deletes. */
  remove(dagId: string): void;
  /** The page of all task instances, narrowed; of any state if null. */
  browseTasks(dagId: string, state: TaskState | null): void;
  /** The page of all runs, narrowed. */
  browseRuns(dagId: string, state: RunState | null): void;
}

/** What a row offers: only what the user may do and what there is. */
export interface RowOffers {
  readonly tabs: readonly DagTab[];
  readonly mayTrigger: boolean;
  /** Turn on and off, read the file again. */
  readonly mayEdit: boolean;
  readonly mayDelete: boolean;
  readonly mayBrowseTasks: boolean;
  readonly mayBrowseRuns: boolean;
  /** Whether there is a lab around the list, with dialogs and an editor. */
  readonly hasLab: boolean;
}
