import { HistoryTab } from './HistoryTab';
import type { HistoryTabProps } from './types';

/** How long tasks took over the last runs. */
export default function DurationTab(props: HistoryTabProps): JSX.Element {
  const { trans } = props.couture;
  return (
    <HistoryTab
      {...props}
      measure="duration"
      label={trans.__('How long tasks took over the last runs')}
      emptyText={trans.__(
        'Durations appear here when a run has ended. Trigger the DAG, or turn it on.'
      )}
      note={trans.__(
        'Large points are outliers: beyond the quartiles by more than 1.5 times their distance, and by a tenth of the median. Press a name to see its median.'
      )}
    />
  );
}
