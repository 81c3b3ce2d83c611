/** What the views of a shown run draw: its tasks, kept up to date, and the laid out graph of its version. */
import { useEffect } from 'react';
import type { Shown } from '../model/shownRun';
import type { DagView } from '../store/dagView';
import type { LaidOutGraph } from '../store/graphs';
import { useFetched, useSelected, type Fetched } from '../store/hooks';
import type { CoutureSession } from '../store/session';

/** Keeps the tasks of a run up to date while they are shown. */
export function useTasks(session: CoutureSession, dagId: string, runId: string | null): void {
  useEffect(() => {
    if (runId === null) {
      return undefined;
    }
    const tasks = session.showTasks(dagId, runId);
    return () => tasks.dispose();
  }, [session, dagId, runId]);
}

export function useShownGraph(
  session: CoutureSession,
  dagId: string,
  shown: Shown,
  view: DagView
): Fetched<LaidOutGraph> {
  const { direction, folded } = useSelected(view, state => state);
  useTasks(session, dagId, shown.run?.run_id ?? null);
  const { version } = shown;
  return useFetched(
    version === null ? null : JSON.stringify([dagId, version, direction, folded]),
    () => session.graphs.load(dagId, version ?? '', direction, folded),
    dagId
  );
}
