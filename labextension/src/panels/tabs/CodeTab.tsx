import { useState } from 'react';
import { diffOf, versionsOf } from '../../api/dagPage';
import { CodeView } from '../../components/CodeView';
import { DiffView } from '../../components/DiffView';
import { Notice, ProblemNotice } from '../../components/Notice';
import { VersionBar } from '../../components/VersionBar';
import { useFetched } from '../../store/hooks';
import type { TabProps } from './types';

/** What was picked while the header showed some version; another one there starts anew. */
interface Picked {
  readonly of: string | null;
  readonly version: string | null;
  readonly base: string | null;
}

/** The file that the shown version was made from, its other versions, and what changed between two. */
export default function CodeTab(props: TabProps): JSX.Element {
  const { dagId, couture, row, shown } = props;
  const { session, trans } = couture;
  const [kept, setPicked] = useState<Picked>({ of: null, version: null, base: null });
  const picked =
    kept.of === shown.version ? kept : { of: shown.version, version: null, base: null };
  const version = picked.version ?? shown.version;
  const versions = useFetched(
    JSON.stringify([dagId, row?.version, shown.run?.run_id]),
    () => versionsOf(session.api, dagId),
    dagId
  );
  if (version === null) {
    return <Notice kind="loading" title={trans.__('Loading the code…')} />;
  }
  return (
    <div className="couture-CodeTab">
      {versions.value && (
        <VersionBar
          versions={versions.value}
          version={version}
          base={picked.base}
          run={shown.run}
          trans={trans}
          onVersion={next => setPicked({ ...picked, version: next, base: null })}
          onBase={base => setPicked({ ...picked, base })}
        />
      )}
      {picked.base === null ? (
        <Code {...props} version={version} />
      ) : (
        <Changes {...props} version={version} base={picked.base} />
      )}
    </div>
  );
}

function Code(props: TabProps & { readonly version: string }): JSX.Element {
  const { dagId, version, couture, actions } = props;
  const { session, trans } = couture;
  const source = useFetched(
    JSON.stringify([dagId, version]),
    () => session.graphs.source(dagId, version),
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

function Changes(
  props: TabProps & { readonly version: string; readonly base: string }
): JSX.Element {
  const { dagId, version, base, couture } = props;
  const { session, trans } = couture;
  const diff = useFetched(
    JSON.stringify([dagId, base, version]),
    () => diffOf(session.api, dagId, base, version),
    dagId
  );
  if (diff.load.status === 'failed') {
    return <ProblemNotice problem={diff.load.problem} trans={trans} onRetry={diff.retry} />;
  }
  if (!diff.value) {
    return <Notice kind="loading" title={trans.__('Comparing…')} />;
  }
  return diff.value.hunks.length === 0 ? (
    <Notice title={trans.__('The file is the same')}>
      {trans.__('The versions differ in something else: a setting or another file that it reads.')}
    </Notice>
  ) : (
    <DiffView diff={diff.value} label={trans.__('Changes of the file')} trans={trans} />
  );
}
