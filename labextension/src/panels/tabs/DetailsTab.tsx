import { nextRunsOf, statisticsOf } from '../../api/dagPage';
import { DagDetails } from '../../components/DagDetails';
import { DagStatistics } from '../../components/DagStatistics';
import { Notice, ProblemNotice } from '../../components/Notice';
import { MarkdownText, hasMarkdown } from '../MarkdownText';
import { useFetched, useMay, useNow } from '../../store/hooks';
import type { TabProps } from './types';

const NEXT_RUNS = 5;
const MINUTE_MS = 60_000;

/** Everything that a DAG's file says about it, and how its runs went. */
export default function DetailsTab(props: TabProps): JSX.Element {
  const { dagId, detail, couture, actions, row, runs } = props;
  const { session, trans, rendermime } = couture;
  const may = useMay(session);
  const now = useNow(MINUTE_MS);
  const statistics = useFetched(
    may('runs.read')
      ? JSON.stringify([dagId, row?.version, runs.map(run => [run.run_id, run.state])])
      : null,
    () => statisticsOf(session.api, dagId),
    dagId
  );
  const next = useFetched(
    JSON.stringify([dagId, row?.version, row?.is_paused, row?.next_run_at]),
    () => nextRunsOf(session.api, dagId, NEXT_RUNS),
    dagId
  );
  if (!detail.value) {
    return detail.load.status === 'failed' ? (
      <ProblemNotice problem={detail.load.problem} trans={trans} onRetry={detail.retry} />
    ) : (
      <Notice kind="loading" title={trans.__('Loading the details…')} />
    );
  }
  return (
    <DagDetails
      detail={detail.value}
      doc={
        rendermime && hasMarkdown(rendermime) ? (
          <MarkdownText text={detail.value.doc} rendermime={rendermime} />
        ) : undefined
      }
      trans={trans}
      onOpenFile={actions.openFile}
    >
      {statistics.value ? (
        <DagStatistics
          statistics={statistics.value}
          next={next.value}
          now={now}
          trans={trans}
          onRun={runId => actions.open(dagId, { tab: 'graph', runId })}
        />
      ) : (
        statistics.load.status === 'failed' && (
          <ProblemNotice
            problem={statistics.load.problem}
            trans={trans}
            onRetry={statistics.retry}
          />
        )
      )}
    </DagDetails>
  );
}
