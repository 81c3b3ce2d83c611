import { elapsedSeconds, formatDuration } from '../model/format';
import { formatExact } from '../model/exactTime';
import { taskStateLabel, type Translate } from '../model/labels';
import type { FoundTask, FoundTasks } from '../model/wireTask';
import { Notice } from './Notice';
import { Pager } from './Pager';
import { StateMark } from './StateMark';

export interface TaskHistoryProps {
  /** Null: still being fetched. */
  readonly found: FoundTasks | null;
  readonly offset: number;
  readonly pageSize: number;
  readonly shownRun: string | null;
  readonly now: number;
  readonly trans: Translate;
  readonly onOffset: (offset: number) => void;
  readonly onOpen: (task: FoundTask) => void;
}

/** The same task in all runs, the newest first. */
export function TaskHistory(props: TaskHistoryProps): JSX.Element {
  const { found, shownRun, now, trans, onOpen } = props;
  if (found === null) {
    return <Notice kind="loading" title={trans.__('Loading the task instances…')} />;
  }
  if (found.tasks.length === 0) {
    return (
      <Notice title={trans.__('No task instances yet')}>
        {trans.__('Trigger the DAG: each run has an instance of this task.')}
      </Notice>
    );
  }
  return (
    <>
      <div className="couture-Table" data-couture="task-instances">
        <table aria-label={trans.__('Task Instances')}>
          <thead>
            <tr>
              <th scope="col">{trans.__('Run')}</th>
              <th scope="col">{trans.__('State')}</th>
              <th scope="col">{trans.__('Duration')}</th>
              <th scope="col">{trans.__('Attempts')}</th>
              <th scope="col">{trans.__('Execution Date')}</th>
            </tr>
          </thead>
          <tbody>
            {found.tasks.map(task => (
              <tr
                key={JSON.stringify([task.run_id, task.map_index])}
                data-run={task.run_id}
                data-state={task.state}
                aria-current={task.run_id === shownRun || undefined}
              >
                <th scope="row">
                  <button type="button" className="couture-LinkButton" onClick={() => onOpen(task)}>
                    {task.map_index < 0 ? task.run_id : `${task.run_id} [${task.map_index}]`}
                  </button>
                </th>
                <td>
                  <span className="couture-StateText couture-state" data-state={task.state}>
                    <StateMark state={task.state} /> {taskStateLabel(task.state, trans)}
                  </span>
                </td>
                <td className="couture-number">
                  {formatDuration(elapsedSeconds(task.started_at, task.ended_at, now))}
                </td>
                <td className="couture-number">{task.try_number}</td>
                <td className="couture-number">{formatExact(task.logical_date)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <Pager
        offset={props.offset}
        shown={found.tasks.length}
        total={found.total}
        hasMore={found.has_more}
        pageSize={props.pageSize}
        trans={trans}
        onOffset={props.onOffset}
      />
    </>
  );
}
