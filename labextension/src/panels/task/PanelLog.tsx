import { Clipboard } from '@jupyterlab/apputils';
import { useSelected } from '../../store/hooks';
import type { ICouture } from '../../tokens';
import { TaskLog, type TaskLogProps } from './TaskLog';

export interface PanelLogProps extends Pick<TaskLogProps, 'task' | 'tryNumber'> {
  readonly couture: ICouture;
}

/** A log in the lab: its settings say whether lines are wrapped. */
export function PanelLog({ couture, ...props }: PanelLogProps): JSX.Element {
  const isWrapped = useSelected(couture.settings, value => value.wrapLog);
  return (
    <TaskLog
      {...props}
      couture={couture}
      isWrapped={isWrapped}
      onWrap={wrapLog => couture.changeSettings({ wrapLog })}
      onCopy={text => Clipboard.copyToSystem(text)}
    />
  );
}
