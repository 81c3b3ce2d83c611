/** Fetches what a DAG document needs and decides which run and version it shows. */
import { useEffect, useMemo } from 'react';
import { runsOf } from '../model/selectors';
import { chooseShown, type RunChoice, type Shown } from '../model/shownRun';
import type { KnownRun } from '../model/state';
import type { DagDetail, DagRow } from '../model/wire';
import { useCouture, useFetched, useNews, type Fetched } from '../store/hooks';
import type { CoutureSession } from '../store/session';

export interface ShownRun {
  readonly row: DagRow | undefined;
  readonly runs: readonly KnownRun[];
  readonly shown: Shown;
  readonly detail: Fetched<DagDetail>;
  /** Whether it is still being found out which run is shown. */
  readonly isLoading: boolean;
}

const NO_RUNS: readonly KnownRun[] = [];

export function useShownRun(session: CoutureSession, dagId: string, choice: RunChoice): ShownRun {
  const row = useCouture(session, state => state.dags.get(dagId));
  const list = useCouture(session, state => runsOf(state, dagId));
  useEffect(() => {
    const shown = session.showRuns(dagId);
    return () => shown.dispose();
  }, [session, dagId]);
  const detail = useFetched(
    JSON.stringify([dagId, row?.version ?? null, row?.is_paused ?? null]),
    () => session.loadDag(dagId),
    dagId
  );
  const listed = list?.runs ?? NO_RUNS;
  // A run older than the listed ones is fetched by itself, and again with everything that happens to it.
  const isMissing =
    choice.kind === 'run' &&
    list?.load.status === 'ready' &&
    !listed.some(run => run.run_id === choice.runId);
  const runId = choice.kind === 'run' ? choice.runId : '';
  const old = useFetched(isMissing ? JSON.stringify([dagId, runId]) : null, () =>
    session.api.run(dagId, runId)
  );
  const { retry } = old;
  useNews(session, isMissing, event => event.run_id === runId && event.dag_id === dagId, retry);
  const isGone = old.load.status === 'failed' && old.load.problem.kind === 'not_found';
  const runs = useMemo(
    () => (old.value && isMissing && !isGone ? [...listed, { ...old.value, seq: 0 }] : listed),
    [listed, old.value, isMissing, isGone]
  );
  const isWaiting = list === undefined || list.load.status === 'loading';
  const shown = useMemo<Shown>(
    () => (isWaiting ? { run: null, version: null, note: 'none' } : chooseShown(choice, row, runs)),
    [choice, row, runs, isWaiting]
  );
  const isSought = isMissing && (old.load.status === 'idle' || old.load.status === 'loading');
  return { row, runs, shown, detail, isLoading: isWaiting || isSought };
}
