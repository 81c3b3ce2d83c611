/** Measures of the tasks of a DAG over past runs. */
import type { ComponentType } from 'react';
import DurationTab from '../panels/tabs/DurationTab';
import LandingTab from '../panels/tabs/LandingTab';
import TriesTab from '../panels/tabs/TriesTab';
import type { HistorySettings, HistoryTabProps } from '../panels/tabs/types';
import { useShownRun } from '../panels/useShownRun';
import { useSelected } from '../store/hooks';
import { DagTitle } from './DagTitle';
import { tell } from './model';
import { useDagView } from './useDagView';
import { useTrait } from './useTrait';
import type { ViewProps } from './views';

interface HistoryProps extends ViewProps {
  readonly View: ComponentType<HistoryTabProps>;
}

function History({ View, live, model, dagId }: HistoryProps): JSX.Element {
  const view = useDagView(model);
  const choice = useSelected(view, state => state.choice);
  const shownRun = useShownRun(live.session, dagId, choice);
  const runs = useTrait<number>(model, 'runs');
  const isCumulative = useTrait<boolean | undefined>(model, 'cumulative') ?? false;
  const onSettings = (change: Partial<HistorySettings>): void =>
    tell(model, {
      ...(change.runs === undefined ? {} : { runs: change.runs }),
      ...(change.isCumulative === undefined ? {} : { cumulative: change.isCumulative })
    });
  return (
    <>
      <DagTitle dagId={dagId} row={shownRun.row} />
      <View
        dagId={dagId}
        couture={live}
        view={view}
        runs={shownRun.runs}
        settings={{ runs, isCumulative }}
        onSettings={onSettings}
        marksSelected
        isFitted
      />
    </>
  );
}

export function TaskDuration(props: ViewProps): JSX.Element {
  return <History {...props} View={DurationTab} />;
}

export function TaskTries(props: ViewProps): JSX.Element {
  return <History {...props} View={TriesTab} />;
}

export function LandingTimes(props: ViewProps): JSX.Element {
  return <History {...props} View={LandingTab} />;
}
