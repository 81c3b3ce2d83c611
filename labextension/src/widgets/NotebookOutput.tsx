import { Notice } from '../components/Notice';
import { PlainOutputs } from '../components/PlainOutputs';
import { FollowedNotebook } from '../panels/task/FollowedNotebook';
import { useMay } from '../store/hooks';
import { useTheme } from '../store/useTheme';
import { TaskFrame } from './TaskFrame';
import { useTaskView } from './useTaskView';
import type { ViewProps } from './views';

/** The cells of the notebook that a task runs, and what they show, as it comes. */
export function NotebookOutput(props: ViewProps): JSX.Element {
  const { live, dagId } = props;
  const { session, trans } = live;
  const shown = useTaskView(props);
  const may = useMay(session);
  const theme = useTheme();
  const { task, detail } = shown;
  return (
    <TaskFrame shown={shown} dagId={dagId} live={live} needs="tasks.read">
      {task?.kind === 'notebook' ? (
        <div
          className="couture-WidgetScroll"
          tabIndex={0}
          role="group"
          aria-label={trans.__('Cells')}
        >
          <FollowedNotebook
            couture={live}
            task={task}
            tryNumber={shown.tryNumber}
            path={detail.value?.notebook ?? null}
            mayRead={may('outputs.read')}
            now={shown.now}
            draw={({ outputs }, label) => (
              <PlainOutputs outputs={outputs} label={label} theme={theme} trans={trans} />
            )}
          />
        </div>
      ) : (
        <Notice title={trans.__('The task runs no notebook')} />
      )}
    </TaskFrame>
  );
}
