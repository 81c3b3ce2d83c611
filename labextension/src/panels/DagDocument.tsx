import { useMemo } from 'react';
import type { DagActions } from '../components/actions';
import type { MountEditor } from '../components/CodeView';
import { Breadcrumb } from '../components/Breadcrumb';
import { ConnectionBanner } from '../components/ConnectionBanner';
import { DagHeader } from '../components/DagHeader';
import { Notice } from '../components/Notice';
import { coutureIcon } from '../icons';
import { DAG_TABS, tabsFor } from '../model/dagTabs';
import { linkToDag } from '../model/dagLink';
import type { TrailStep } from '../model/trail';
import { placeOf, type DagView } from '../store/dagView';
import { useCouture, useMay, useNow, useSelected } from '../store/hooks';
import { useSeen } from '../store/seen';
import type { ICouture } from '../tokens';
import { ConnectedBackfills } from './ConnectedBackfills';
import { copyLink } from './copyLink';
import { DagBody } from './DagBody';
import { SeenWidget } from './SeenWidget';
import { tabKind } from './tabs';
import { useShownRun } from './useShownRun';

export interface DagDocumentOptions {
  readonly dagId: string;
  readonly couture: ICouture;
  readonly view: DagView;
  readonly actions: DagActions;
  readonly mountEditor: MountEditor | null;
  readonly onTrigger: (withConf: boolean) => void;
  readonly onCancelRun: (runId: string) => void;
}

const SECOND_MS = 1000;
const NO_CHANGE = {};

/** One DAG in the main area: header, the chosen view, and the panel of the selected task. */
export class DagDocument extends SeenWidget {
  constructor(readonly options: DagDocumentOptions) {
    super();
    this.addClass('couture-Panel');
    this.addClass('couture-DagDocument');
    this.node.dataset['couture'] = 'dag-document';
    this.node.dataset['dagId'] = options.dagId;
    this.title.icon = coutureIcon;
    this.title.label = options.dagId;
    this.title.caption = options.couture.trans.__('DAG: %1', options.dagId);
  }

  get dagId(): string {
    return this.options.dagId;
  }

  get view(): DagView {
    return this.options.view;
  }

  protected override draw(): JSX.Element {
    return <ConnectedDocument {...this.options} />;
  }
}

function ConnectedDocument(props: DagDocumentOptions): JSX.Element {
  const { dagId, couture, view, actions, onCancelRun } = props;
  const { session, trans } = couture;
  const { tab, choice, trail } = useSelected(view, state => state);
  const { row, runs, shown, detail } = useShownRun(session, dagId, choice);
  const isPaused = useCouture(
    session,
    state => state.changes.get(dagId)?.paused ?? row?.is_paused ?? false
  );
  const change = useCouture(session, state => state.changes.get(dagId) ?? NO_CHANGE);
  const error = useCouture(session, state =>
    state.importErrors.find(({ file }) => file === row?.file)
  );
  const isRemoved = useCouture(session, state => state.removed.has(dagId));
  const connection = useCouture(session, state => state.connection);
  const engine = useCouture(session, state => state.engine);
  const isTicking = shown.run !== null && shown.run.ended_at === null;
  const isSeen = useSeen();
  const may = useMay(session);
  const isKnown = useCouture(session, state => state.me !== null);
  const tabs = useMemo(() => (isKnown ? tabsFor(may) : DAG_TABS), [may, isKnown]);
  const now = useNow(isTicking && isSeen ? SECOND_MS : null);
  return (
    <>
      <Breadcrumb
        trail={trail}
        dagId={dagId}
        trans={trans}
        onBack={place => {
          const { dagId: around, runId, taskId, mapIndex } = trail[place] as TrailStep;
          actions.open(around, {
            tab: 'graph',
            ...(runId === null ? {} : { runId }),
            taskId,
            mapIndex,
            trail: trail.slice(0, place)
          });
        }}
      />
      <DagHeader
        dagId={dagId}
        row={row}
        isPaused={isPaused}
        error={error}
        change={change}
        runs={runs}
        shown={shown}
        choice={choice}
        tab={tab}
        tabs={tabs}
        isOfRun={tabKind(tab).isOfRun}
        now={now}
        trans={trans}
        may={may}
        actions={actions}
        onTab={next => view.dispatch({ tab: next })}
        onChoice={next => view.dispatch({ choice: next, tryNumber: null })}
        onTrigger={withConf => {
          view.dispatch({ tab: 'graph', choice: { kind: 'latest' }, tryNumber: null });
          props.onTrigger(withConf);
        }}
        onCancel={run => onCancelRun(run.run_id)}
        onCopyLink={() => copyLink(linkToDag(dagId, placeOf(view.getState())), trans)}
      />
      <ConnectionBanner
        connection={connection}
        engine={engine}
        trans={trans}
        onRetry={() => session.retry()}
      />
      {isRemoved && (
        <Notice kind="error" title={trans.__('%1 is gone', dagId)}>
          {trans.__('No DAG file defines it any more. Its history is kept.')}
        </Notice>
      )}
      <ConnectedBackfills
        dagId={dagId}
        couture={couture}
        newestRun={runs[0]?.run_id ?? null}
        isPaused={isPaused}
      />
      <DagBody
        dagId={dagId}
        couture={couture}
        view={view}
        actions={actions}
        row={row}
        runs={runs}
        shown={shown}
        detail={detail}
        isPaused={isPaused}
        now={now}
        mountEditor={props.mountEditor}
      />
    </>
  );
}
