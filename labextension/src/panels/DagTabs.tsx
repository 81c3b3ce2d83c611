/** The tabs of a DAG document that only fetch and show. */
import type { DagActions } from '../components/actions';
import { CodeView, type MountEditor } from '../components/CodeView';
import { DagDetails } from '../components/DagDetails';
import { Notice, ProblemNotice } from '../components/Notice';
import type { Translate } from '../model/labels';
import type { DagDetail } from '../model/wire';
import { useFetched, type Fetched } from '../store/hooks';
import type { CoutureSession } from '../store/session';

export interface CodeTabProps {
  readonly dagId: string;
  readonly version: string | null;
  readonly session: CoutureSession;
  readonly mountEditor: MountEditor | null;
  readonly trans: Translate;
  readonly actions: DagActions;
}

export function CodeTab(props: CodeTabProps): JSX.Element {
  const { dagId, version, session, trans, actions } = props;
  const source = useFetched(
    version === null ? null : JSON.stringify([dagId, version]),
    () => session.graphs.source(dagId, version ?? ''),
    dagId
  );
  if (source.value) {
    return (
      <CodeView
        source={source.value}
        mountEditor={props.mountEditor}
        trans={trans}
        onOpenFile={actions.openFile}
      />
    );
  }
  return source.load.status === 'failed' ? (
    <ProblemNotice problem={source.load.problem} trans={trans} onRetry={source.retry} />
  ) : (
    <Notice kind="loading" title={trans.__('Loading the code…')} />
  );
}

export interface DetailsTabProps {
  readonly detail: Fetched<DagDetail>;
  readonly trans: Translate;
  readonly actions: DagActions;
}

export function DetailsTab({ detail, trans, actions }: DetailsTabProps): JSX.Element {
  if (detail.value) {
    return <DagDetails detail={detail.value} trans={trans} onOpenFile={actions.openFile} />;
  }
  return detail.load.status === 'failed' ? (
    <ProblemNotice problem={detail.load.problem} trans={trans} onRetry={detail.retry} />
  ) : (
    <Notice kind="loading" title={trans.__('Loading the details…')} />
  );
}
