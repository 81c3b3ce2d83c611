import { TaskActions as Toolbar } from '../components/TaskActions';
import { ACT_KINDS, refOf, type ActKind } from '../model/taskAct';
import type { OrderReply } from '../model/wireOrders';
import { TaskAsks } from '../panels/task/TaskAsks';
import { useMay } from '../store/hooks';
import { tell } from './model';
import { TaskFrame } from './TaskFrame';
import { useActs } from './useActs';
import { useTaskView } from './useTaskView';
import type { ViewProps } from './views';

/** What Python calls the actions. */
const NAMES: Readonly<Record<ActKind, string>> = {
  run: 'run',
  clear: 'clear',
  success: 'mark_success',
  failed: 'mark_failed'
};
const BANNERS = { 'in-progress': 'info', success: 'info', warning: 'warning', error: 'error' };

/** What one may do to a task: run, clear, mark, answer. Everything is looked at before it is done. */
export function TaskActions(props: ViewProps): JSX.Element {
  const { live, model, dagId } = props;
  const { session, trans } = live;
  const shown = useTaskView(props);
  const may = useMay(session);
  const onDone = (kind: ActKind, { number, is_done, touched, notes }: OrderReply): void =>
    tell(model, {
      acted: { order: number, action: NAMES[kind], is_done, touched, notes: [...notes] }
    });
  const { start, said, element } = useActs(live, onDone);
  const { task } = shown;
  return (
    <>
      <TaskFrame shown={shown} dagId={dagId} live={live} needs="tasks.read">
        {task && (
          <div className="couture-WidgetActions">
            {may('tasks.edit') ? (
              <Toolbar
                acts={ACT_KINDS}
                trans={trans}
                onAct={kind => start(kind, refOf(task))}
                onZoom={undefined}
              />
            ) : (
              <p className="couture-faint" data-couture="may-not-act">
                {trans.__('You may look at this task, not act on it.')}
              </p>
            )}
            {task.reason && <p className="couture-TaskPanel-reason">{task.reason}</p>}
            {task.state === 'awaiting_input' && <TaskAsks task={task} couture={live} />}
            {said && (
              <div
                className="couture-Banner"
                data-kind={BANNERS[said.type]}
                data-couture="act-outcome"
                data-outcome={said.type}
                role={said.type === 'error' ? 'alert' : 'status'}
              >
                {said.paragraphs.map((text, place) => (
                  <span key={place}>{text}</span>
                ))}
              </div>
            )}
          </div>
        )}
      </TaskFrame>
      {element}
    </>
  );
}
