import { refreshIcon } from '@jupyterlab/ui-components';
import {
  dashboardUrl,
  fetchActivity,
  fetchDashboard,
  fetchMisses,
  fetchPools,
  type Misses as MissList
} from '../api/overview';
import type { DagActions } from '../components/actions';
import { ConnectionBanner } from '../components/ConnectionBanner';
import { IconButton } from '../components/IconButton';
import { ImportErrors } from '../components/ImportErrors';
import { Notice, ProblemNotice } from '../components/Notice';
import { ActiveRuns } from '../components/overview/ActiveRuns';
import { Card, More } from '../components/overview/Card';
import { ComingRuns } from '../components/overview/ComingRuns';
import { DaskDashboard } from '../components/overview/DaskDashboard';
import { FailedRuns } from '../components/overview/FailedRuns';
import { Figures } from '../components/overview/Figures';
import { HealthList } from '../components/overview/HealthList';
import { Misses } from '../components/overview/Misses';
import { Pools } from '../components/overview/Pools';
import { coutureIcon } from '../icons';
import type { Translate } from '../model/labels';
import { deploymentHealth } from '../model/overview';
import type { Permission } from '../model/permissions';
import type { Health } from '../model/wire';
import type { Activity, Dashboard, PoolUse } from '../model/wireActivity';
import { useCouture, useFetched, useHeld, useMay, useNow, type Fetched } from '../store/hooks';
import type { ICouture } from '../tokens';
import { loadable } from './loadable';
import type { PoolUseChartProps } from './PoolUseChart';
import { SeenWidget } from './SeenWidget';
import '../../style/overview.css';

const TodayChart = loadable(() => import('./TodayChart'));
const PoolUseChart = loadable<PoolUseChartProps>(() => import('./PoolUseChart'));

const ROWS = 10;
const SECOND_MS = 1000;
/** Without any news everything is fetched again after this: deadlines pass and heartbeats stop without an event. */
const REST_MS = 15_000;

export interface OverviewPanelOptions {
  readonly couture: ICouture;
  readonly actions: DagActions;
  readonly onCancelRun: (dagId: string, runId: string) => void;
  /** Leads to the list of all runs in this state. */
  readonly onMoreRuns: (state: 'running' | 'failed') => void;
}

/** What is happening now and next, in the main area. */
export class OverviewPanel extends SeenWidget {
  constructor(private readonly options: OverviewPanelOptions) {
    super();
    this.addClass('couture-Panel');
    this.node.dataset['couture'] = 'overview';
    this.title.icon = coutureIcon;
    this.title.label = options.couture.trans.__('Overview');
    this.title.caption = options.couture.trans.__('What is happening now and next');
  }

  protected override draw(): JSX.Element {
    return <ConnectedOverview {...this.options} isSeen={this.isVisible} />;
  }
}

interface Facts {
  readonly health: Fetched<Health>;
  readonly activity: Fetched<Activity>;
  readonly pools: Fetched<readonly PoolUse[]>;
  readonly misses: Fetched<MissList>;
  readonly dashboard: Fetched<Dashboard>;
}

/** Everything the page shows: fetched at first, with every change of the counters, and every now and then. */
function useFacts({ session }: ICouture, isSeen: boolean): Facts {
  const { api } = session;
  const may = useMay(session);
  const news = useCouture(session, state => state.overview?.feed_seq ?? 0);
  const live = useCouture(session, state => `${state.connection.status} ${state.engine}`);
  const round = useNow(REST_MS);
  const key = (permission: Permission): string | null => (may(permission) ? permission : null);
  const rest = useHeld(`${live} ${round}`, !isSeen);
  const moment = useHeld(`${news} ${rest}`, !isSeen);
  const cluster = key('cluster.read');
  const [runs, pools, sla] = [key('runs.read'), key('pools.read'), key('sla.read')];
  return {
    health: useFetched('health', () => api.health(), 'health', moment),
    activity: useFetched(runs, () => fetchActivity(api, ROWS), runs, moment),
    pools: useFetched(pools, () => fetchPools(api), pools, moment),
    misses: useFetched(sla, () => fetchMisses(api, Date.now(), ROWS), sla, moment),
    dashboard: useFetched(cluster, () => fetchDashboard(api), cluster, rest)
  };
}

interface ConnectedOverviewProps extends OverviewPanelOptions {
  /** While nobody sees it, it asks the server nothing. */
  readonly isSeen: boolean;
}

function ConnectedOverview(props: ConnectedOverviewProps): JSX.Element {
  const { couture, actions, onCancelRun, isSeen } = props;
  const { session, trans } = couture;
  const may = useMay(session);
  const overview = useCouture(session, state => state.overview);
  const importErrors = useCouture(session, state => state.importErrors);
  const connection = useCouture(session, state => state.connection);
  const engine = useCouture(session, state => state.engine);
  const { health, activity, pools, misses, dashboard } = useFacts(couture, isSeen);
  const now = useNow(isSeen ? SECOND_MS : null);
  const more = (state: 'running' | 'failed', shown?: number, total?: number): JSX.Element => (
    <More shown={shown} total={total} trans={trans} onOpen={() => props.onMoreRuns(state)} />
  );
  const retry = (): void => {
    session.retry();
    [health, activity, pools, misses, dashboard].forEach(each => each.retry());
  };
  return (
    <>
      <header className="couture-PanelHeader">
        <h1>{trans.__('Overview')}</h1>
        <span className="couture-spring" />
        <IconButton icon={refreshIcon} label={trans.__('Load everything again')} onClick={retry} />
      </header>
      <ConnectionBanner connection={connection} engine={engine} trans={trans} onRetry={retry} />
      <div
        className="couture-Overview"
        tabIndex={0}
        role="region"
        aria-label={trans.__('Overview')}
      >
        <Figures overview={overview} trans={trans} />
        <ImportErrors errors={importErrors} trans={trans} onOpen={actions.openFile} />
        <div className="couture-Cards">
          {may('runs.read') && (
            <>
              <Card
                title={trans.__('Running now')}
                hook="active-runs"
                isWide
                aside={more('running', activity.value?.active.length, overview?.running_runs)}
              >
                <Shown of={activity} trans={trans}>
                  {({ active }) => (
                    <ActiveRuns
                      runs={active}
                      now={now}
                      trans={trans}
                      may={may}
                      actions={actions}
                      onCancel={onCancelRun}
                    />
                  )}
                </Shown>
              </Card>
              <Card
                title={trans.__('Failed lately')}
                hook="failed-runs"
                aside={more('failed', activity.value?.failed.length, overview?.failed_runs_24h)}
              >
                <Shown of={activity} trans={trans}>
                  {({ failed }) => (
                    <FailedRuns runs={failed} now={now} trans={trans} actions={actions} />
                  )}
                </Shown>
              </Card>
              <Card title={trans.__('Next runs')} hook="coming-runs">
                <Shown of={activity} trans={trans}>
                  {({ coming }) => (
                    <ComingRuns runs={coming} now={now} trans={trans} actions={actions} />
                  )}
                </Shown>
              </Card>
            </>
          )}
          {may('pools.read') && (
            <Card title={trans.__('Pools')} hook="pools">
              <Shown of={pools} trans={trans}>
                {found => <Pools pools={found} trans={trans} />}
              </Shown>
            </Card>
          )}
          {may('sla.read') && (
            <Card title={trans.__('Missed deadlines')} hook="misses">
              <Shown of={misses} trans={trans}>
                {found => (
                  <Misses misses={found.misses} now={now} trans={trans} actions={actions} />
                )}
              </Shown>
            </Card>
          )}
          <Card title={trans.__('Health')} hook="health">
            <Shown of={health} trans={trans}>
              {found => (
                <HealthList parts={deploymentHealth(found, connection, now, trans)} trans={trans} />
              )}
            </Shown>
            {dashboard.value && (
              <DaskDashboard
                dashboard={dashboard.value}
                url={dashboardUrl(session.api, dashboard.value)}
                trans={trans}
              />
            )}
          </Card>
          <Charts {...props} />
        </div>
      </div>
    </>
  );
}

/** Pictures of the last hours, below what is said in words. */
function Charts({ isSeen, ...props }: ConnectedOverviewProps): JSX.Element {
  const { session, trans } = props.couture;
  const may = useMay(session);
  return (
    <>
      {may('runs.read') && (
        <Card title={trans.__('Today')} hook="today" isWide>
          <TodayChart {...props} isSeen={isSeen} />
        </Card>
      )}
      {may('pools.read') && (
        <Card title={trans.__('Pools over time')} hook="pool-use" isWide>
          <PoolUseChart couture={props.couture} isSeen={isSeen} />
        </Card>
      )}
    </>
  );
}

/** What was fetched; before that a word that it is coming, and a problem with a way to retry. */
function Shown<T>(props: {
  readonly of: Fetched<T>;
  readonly trans: Translate;
  readonly children: (value: T) => JSX.Element;
}): JSX.Element {
  const { of, trans, children } = props;
  if (of.value !== null) {
    return children(of.value);
  }
  return of.load.status === 'failed' ? (
    <ProblemNotice problem={of.load.problem} trans={trans} onRetry={of.retry} />
  ) : (
    <Notice kind="loading" title={trans.__('Loading…')} />
  );
}
