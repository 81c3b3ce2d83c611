import { useState } from 'react';
import { runsDag, taskTarget, type DagActions } from '../components/actions';
import { TaskAttempts } from '../components/TaskAttempts';
import { TaskFacts } from '../components/TaskFacts';
import { TaskPanel, type TaskPart, type TaskTab } from '../components/TaskPanel';
import { attemptOf } from '../model/attempts';
import { isWaiting, neverRan } from '../model/labels';
import type { KnownRun, KnownTask } from '../model/state';
import { ACT_KINDS, refOf, type ActKind } from '../model/taskAct';
import type { GraphNode, TaskDetail } from '../model/wire';
import type { DagView } from '../store/dagView';
import { useFetched, useMay, useSelected } from '../store/hooks';
import type { ICouture } from '../tokens';
import { loadable } from './loadable';
import { InstancesPart, RenderedPart, XComPart } from './task/parts';
import { TaskAsks } from './task/TaskAsks';
import { PanelLog } from './task/PanelLog';
import { TaskUsage } from './task/TaskUsage';
import { TaskWaits } from './task/TaskWaits';
import { useReturnFocus } from './task/useReturnFocus';
import { useShownTask } from './useShownTask';

const NotebookPart = loadable(() => import('./task/NotebookPart'));

const NO_ACTS: readonly ActKind[] = [];

export interface ConnectedTaskPanelProps {
  readonly dagId: string;
  readonly run: KnownRun | null;
  readonly taskId: string;
  readonly node: GraphNode | undefined;
  readonly couture: ICouture;
  readonly view: DagView;
  readonly actions: DagActions;
  readonly now: number;
}

/** What a task waits for may change without the task. */
const WHY_EVERY_MS = 3000;

/** The panel of the selected task; fetches its attempts anew whenever the task changes state. */
export default function ConnectedTaskPanel(props: ConnectedTaskPanelProps): JSX.Element {
  const { dagId, run, taskId, node, couture, view, actions, now } = props;
  const { session, trans } = couture;
  const runId = run?.run_id ?? null;
  const may = useMay(session);
  const [tab, setTab] = useState<TaskTab>('log');
  const mapIndexWanted = useSelected(view, state => state.mapIndex);
  const tryWanted = useSelected(view, state => state.tryNumber);
  const { task, instances, detail, tryNumber } = useShownTask(session, {
    dagId,
    runId,
    taskId,
    mapIndex: mapIndexWanted,
    tryNumber: tryWanted
  });
  const mapIndex = task?.map_index ?? -1;
  const group = JSON.stringify([dagId, runId, taskId, mapIndex]);
  const isRunOpen = run?.state === 'running' || run?.state === 'queued';
  const mayWait = task !== undefined && isRunOpen && isWaiting(task.state);
  const isOver = task !== undefined && neverRan(task);
  const why = useFetched(
    mayWait || isOver
      ? JSON.stringify([group, task.state, mayWait ? Math.floor(now / WHY_EVERY_MS) : null])
      : null,
    () => session.api.why(dagId, runId ?? '', taskId, mapIndex),
    group
  );
  // That it is over says the state already, and the error is shown whole below; why it is comes after.
  const reasons = (why.value?.reasons ?? []).filter(
    ({ kind }) => kind !== 'terminal' && kind !== 'attempt_failed'
  );
  const close = useReturnFocus(taskId, () => view.dispatch({ taskId: null }));
  return (
    <TaskPanel
      key={taskId}
      taskId={taskId}
      node={node}
      task={task}
      instances={instances}
      detail={detail.value}
      load={detail.load}
      tryNumber={tryNumber}
      now={now}
      acts={may('tasks.edit') ? ACT_KINDS : NO_ACTS}
      parts={partsOf({ ...props, task, detail: detail.value, tryNumber, may, setTab })}
      tab={tab}
      waiting={
        task && reasons.length > 0 ? (
          <TaskWaits
            task={task}
            reasons={reasons}
            couture={couture}
            view={view}
            actions={actions}
          />
        ) : null
      }
      question={
        task?.state === 'awaiting_input' ? <TaskAsks task={task} couture={couture} /> : null
      }
      trans={trans}
      onTab={setTab}
      onInstance={next => view.dispatch({ mapIndex: next, tryNumber: null })}
      onTry={next => view.dispatch({ tryNumber: next })}
      onAct={kind =>
        task &&
        void import('./task/actInLab').then(({ actInLab }) => actInLab(couture, kind, refOf(task)))
      }
      onOpenNotebook={actions.openNotebook}
      onZoom={
        node && runsDag(node)
          ? () =>
              actions.zoomInto(
                taskTarget(node, { dagId, runId, taskId, mapIndex }),
                view.getState().trail
              )
          : undefined
      }
      onClose={close}
      onRetry={detail.retry}
    />
  );
}

interface PartsOf extends ConnectedTaskPanelProps {
  readonly task: KnownTask | undefined;
  readonly detail: TaskDetail | null;
  readonly tryNumber: number;
  readonly may: ReturnType<typeof useMay>;
  readonly setTab: (tab: TaskTab) => void;
}

/** The tabs that this user may see of this task. */
function partsOf(given: PartsOf): readonly TaskPart[] {
  const { dagId, run, taskId, node, task, detail, tryNumber, couture, view, now, may } = given;
  const { session, trans } = couture;
  const log: TaskPart = {
    id: 'log',
    label: trans.__('Log'),
    title: trans.__('View Log'),
    body: <PanelLog task={task} tryNumber={tryNumber} couture={couture} />
  };
  const rendered: TaskPart = {
    id: 'rendered',
    label: trans.__('Rendered'),
    title: trans.__('Rendered'),
    body: <RenderedPart task={task} couture={couture} />
  };
  const xcom: TaskPart = {
    id: 'xcom',
    label: trans.__('XCom'),
    title: trans.__('XCom'),
    body: <XComPart task={task} couture={couture} />
  };
  const notebook: TaskPart = {
    id: 'notebook',
    label: trans.__('Notebook'),
    title: trans.__('Notebook'),
    body: (
      <NotebookPart
        couture={couture}
        task={task}
        tryNumber={tryNumber}
        path={detail?.notebook ?? null}
        mayRead={may('outputs.read')}
        now={now}
        onOpen={given.actions.openNotebook}
      />
    )
  };
  const attempt = detail ? attemptOf(detail.attempts, tryNumber) : undefined;
  return [
    ...(may('logs.read') ? [log] : []),
    {
      id: 'details',
      label: trans.__('Details'),
      title: trans.__('Task Instance Details'),
      body: (
        <TaskFacts node={node} run={run} task={task} attempt={attempt} now={now} trans={trans} />
      )
    },
    ...(may('rendered.read') ? [rendered] : []),
    ...(may('xcoms.read') ? [xcom] : []),
    {
      id: 'attempts',
      label: trans.__('Attempts'),
      title: trans.__('Attempts'),
      body: (
        <TaskAttempts
          usage={
            task && attempt && may('logs.read') ? (
              <TaskUsage task={task} attempt={attempt} couture={couture} now={now} />
            ) : null
          }
          onTry={number => view.dispatch({ tryNumber: number })}
          attempts={task ? (detail?.attempts ?? null) : []}
          shownTry={tryNumber}
          now={now}
          trans={trans}
          mayReadLogs={may('logs.read')}
          downloadUrl={number =>
            task ? session.api.logDownloadUrl({ ...refOf(task), tryNumber: number }) : ''
          }
          onLog={number => {
            view.dispatch({ tryNumber: number });
            given.setTab('log');
          }}
        />
      )
    },
    {
      id: 'instances',
      label: trans.__('Instances'),
      title: trans.__('Task Instances'),
      body: (
        <InstancesPart
          task={task}
          dagId={dagId}
          taskId={taskId}
          couture={couture}
          now={now}
          onOpen={found =>
            view.dispatch({
              choice: { kind: 'run', runId: found.run_id },
              taskId,
              mapIndex: found.map_index < 0 ? null : found.map_index,
              tryNumber: null
            })
          }
        />
      )
    },
    ...(node?.kind === 'notebook' ? [notebook] : [])
  ];
}
