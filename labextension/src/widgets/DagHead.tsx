import { RunSelector } from '../components/RunSelector';
import type { ShownRun } from '../panels/useShownRun';
import type { DagView } from '../store/dagView';
import { useNow, useSelected } from '../store/hooks';
import { useSeen } from '../store/seen';
import type { Live } from '../panels/tabs/types';
import { DagTitle } from './DagTitle';

export interface DagHeadProps {
  readonly dagId: string;
  readonly live: Live;
  readonly view: DagView;
  readonly shownRun: ShownRun;
}

const SECOND_MS = 1000;

/** Which DAG, and which run of it. */
export function DagHead({ dagId, live, view, shownRun }: DagHeadProps): JSX.Element {
  const { runs, shown } = shownRun;
  const choice = useSelected(view, state => state.choice);
  const isTicking = useSeen() && shown.run !== null && shown.run.ended_at === null;
  const now = useNow(isTicking ? SECOND_MS : null);
  return (
    <DagTitle dagId={dagId} row={shownRun.row}>
      <RunSelector
        runs={runs}
        shown={shown.run}
        choice={choice}
        now={now}
        trans={live.trans}
        onChoice={next => view.dispatch({ choice: next, tryNumber: null })}
      />
    </DagTitle>
  );
}
