/** What the views ask for. The panels carry it out with commands, dialogs and the session. */
import type { DagTab } from '../model/dagTabs';

/** Which part of a DAG's document. */
export interface DagTarget {
  readonly tab?: DagTab;
  readonly runId?: string;
  readonly taskId?: string;
  readonly mapIndex?: number;
}

export interface DagActions {
  open(dagId: string, target?: DagTarget): void;
  setPaused(dagId: string, isPaused: boolean): void;
  /** `withConf` asks for conf and dates first. */
  trigger(dagId: string, withConf: boolean): void;
  refresh(dagId: string): void;
  /** A menu of everything one can do with a DAG, at client coordinates. */
  showMenu(dagId: string, x: number, y: number): void;
  /** An executed notebook, by the path the server gives. */
  openNotebook(path: string): void;
  openFile(file: string, line: number | null): void;
}
