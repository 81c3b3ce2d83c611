import { fetchRunWhy } from '../../api/task';
import { Notice, ProblemNotice } from '../../components/Notice';
import { RunReasons } from '../../components/RunReasons';
import { newestSeq, taskMap, tasksOf } from '../../model/selectors';
import { useCouture, useFetched, useHeld, useNow } from '../../store/hooks';
import { useSeen } from '../../store/seen';
import { useRemedies } from '../task/useRemedies';
import type { TabProps } from './types';

/** Slots, pools and engines come and go without an event of this run. */
const EVERY_MS = 5000;

/** Everything that keeps the shown run from going on. */
export default function WhyTab({ dagId, couture, view, actions, shown }: TabProps): JSX.Element {
  const { session, trans } = couture;
  const { run } = shown;
  const runId = run?.run_id ?? null;
  const isOver = run !== null && run.ended_at !== null;
  const tasks = useCouture(session, state =>
    runId === null ? undefined : tasksOf(state, dagId, runId)
  );
  const isSeen = useSeen();
  const round = useNow(isOver || !isSeen ? null : EVERY_MS);
  const engine = useCouture(session, state => state.engine);
  const news = `${run?.state} ${newestSeq(taskMap(tasks))} ${engine} ${round}`;
  const moment = useHeld(news, !isSeen);
  const why = useFetched(runId, () => fetchRunWhy(session.api, dagId, runId ?? ''), runId, moment);
  const { can, carryOut } = useRemedies(couture, view, actions, dagId, runId);
  if (runId === null) {
    return (
      <Notice title={trans.__('There is no run to ask about')}>
        {trans.__('Trigger the DAG; what holds its run up is told here.')}
      </Notice>
    );
  }
  if (why.value !== null) {
    return (
      <RunReasons
        why={why.value}
        isOver={isOver}
        trans={trans}
        can={can}
        onRemedy={(remedy, task) =>
          carryOut(remedy, task && { taskId: task.task_id, mapIndex: task.map_index })
        }
        onTask={({ task_id, map_index }) =>
          view.dispatch({
            taskId: task_id,
            mapIndex: map_index < 0 ? null : map_index,
            tryNumber: null
          })
        }
      />
    );
  }
  return why.load.status === 'failed' ? (
    <ProblemNotice problem={why.load.problem} trans={trans} onRetry={why.retry} />
  ) : (
    <Notice kind="loading" title={trans.__('Loading…')} />
  );
}
