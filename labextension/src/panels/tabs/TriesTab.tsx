import { HistoryTab } from './HistoryTab';
import type { HistoryTabProps } from './types';

/** How many tries tasks needed over the last runs. */
export default function TriesTab(props: HistoryTabProps): JSX.Element {
  const { trans } = props.couture;
  return (
    <HistoryTab
      {...props}
      measure="tries"
      label={trans.__('How many tries tasks needed over the last runs')}
      emptyText={trans.__('Tries appear here when tasks have run. Trigger the DAG, or turn it on.')}
      note={trans.__('Large points are outliers. Pressing a point selects the task in that run.')}
    />
  );
}
