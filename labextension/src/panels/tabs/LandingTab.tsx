import { HistoryTab } from './HistoryTab';
import type { HistoryTabProps } from './types';

/** How long after the end of their data interval tasks ended over the last runs. */
export default function LandingTab(props: HistoryTabProps): JSX.Element {
  const { trans } = props.couture;
  return (
    <HistoryTab
      {...props}
      measure="landing"
      label={trans.__(
        'How long after the end of their data interval tasks ended over the last runs'
      )}
      emptyText={trans.__(
        'Landing times appear here when tasks have ended. Trigger the DAG, or turn it on.'
      )}
      note={trans.__(
        'Counted from the end of the run’s data interval, which is when a scheduled run is due. Press a name to see its median.'
      )}
    />
  );
}
