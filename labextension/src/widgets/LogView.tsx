import { useState } from 'react';
import { TaskLog } from '../panels/task/TaskLog';
import { copyText } from './copyText';
import { TaskFrame } from './TaskFrame';
import { useTaskView } from './useTaskView';
import type { ViewProps } from './views';

/** The log of an attempt, followed while it is written. */
export function LogView(props: ViewProps): JSX.Element {
  const { live, dagId } = props;
  const shown = useTaskView(props);
  const [isWrapped, setWrapped] = useState(false);
  return (
    <TaskFrame shown={shown} dagId={dagId} live={live} needs="logs.read">
      <TaskLog
        task={shown.task}
        tryNumber={shown.tryNumber}
        couture={live}
        isWrapped={isWrapped}
        onWrap={setWrapped}
        onCopy={copyText}
      />
    </TaskFrame>
  );
}
