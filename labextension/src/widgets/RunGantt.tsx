import GanttTab from '../panels/tabs/GanttTab';
import { useTasks } from '../panels/useShownGraph';
import { useShownRun } from '../panels/useShownRun';
import { useNow, useSelected } from '../store/hooks';
import { useSeen } from '../store/seen';
import { DagHead } from './DagHead';
import { useDagView } from './useDagView';
import type { ViewProps } from './views';

const SECOND_MS = 1000;

/** The attempts of a run in time. */
export function RunGantt({ live, model, dagId }: ViewProps): JSX.Element {
  const { session } = live;
  const view = useDagView(model);
  const choice = useSelected(view, state => state.choice);
  const shownRun = useShownRun(session, dagId, choice);
  const { run } = shownRun.shown;
  useTasks(session, dagId, run?.run_id ?? null);
  const isTicking = useSeen() && run !== null && run.ended_at === null;
  const now = useNow(isTicking ? SECOND_MS : null);
  return (
    <>
      <DagHead dagId={dagId} live={live} view={view} shownRun={shownRun} />
      <GanttTab
        dagId={dagId}
        couture={live}
        view={view}
        shown={shownRun.shown}
        now={now}
        marksSelected
      />
    </>
  );
}
