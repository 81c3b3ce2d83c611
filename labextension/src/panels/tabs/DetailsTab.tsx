import { DagDetails } from '../../components/DagDetails';
import { Notice, ProblemNotice } from '../../components/Notice';
import type { TabProps } from './types';

/** Everything that a DAG's file says about it. */
export default function DetailsTab({ detail, couture, actions }: TabProps): JSX.Element {
  const { trans } = couture;
  if (detail.value) {
    return <DagDetails detail={detail.value} trans={trans} onOpenFile={actions.openFile} />;
  }
  return detail.load.status === 'failed' ? (
    <ProblemNotice problem={detail.load.problem} trans={trans} onRetry={detail.retry} />
  ) : (
    <Notice kind="loading" title={trans.__('Loading the details…')} />
  );
}
