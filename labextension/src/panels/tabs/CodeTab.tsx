import { CodeView } from '../../components/CodeView';
import { Notice, ProblemNotice } from '../../components/Notice';
import { useFetched } from '../../store/hooks';
import type { TabProps } from './types';

/** The file that the shown version was made from. */
export default function CodeTab(props: TabProps): JSX.Element {
  const { dagId, couture, actions } = props;
  const { session, trans } = couture;
  const version = props.shown.version;
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
