import { checkIcon, errorIcon, runIcon, undoIcon, type LabIcon } from '@jupyterlab/ui-components';
import type { Translate } from '../model/labels';
import { actHint, actLabel, type ActKind } from '../model/taskAct';
import { zoomIntoIcon } from './graph/icons';
import { IconButton } from './IconButton';

export interface TaskActionsProps {
  readonly acts: readonly ActKind[];
  readonly trans: Translate;
  readonly onAct: (kind: ActKind) => void;
  readonly onZoom: (() => void) | undefined;
}

const ICONS: Readonly<Record<ActKind, LabIcon>> = {
  run: runIcon,
  clear: undoIcon,
  success: checkIcon,
  failed: errorIcon
};

/** What one may do to the task; each asks before it is done. */
export function TaskActions({ acts, trans, onAct, onZoom }: TaskActionsProps): JSX.Element {
  return (
    <div
      className="couture-TaskPanel-actions"
      role="toolbar"
      aria-label={trans.__('Actions on the task')}
    >
      {acts.map(kind => (
        <IconButton
          key={kind}
          icon={ICONS[kind]}
          hook={`act-${kind}`}
          text={actLabel(kind, trans)}
          label={`${actLabel(kind, trans)}: ${actHint(kind, trans)}`}
          onClick={() => onAct(kind)}
        />
      ))}
      {onZoom && (
        <IconButton
          icon={zoomIntoIcon}
          hook="zoom-into-dag"
          text={trans.__('Zoom into DAG')}
          label={trans.__('Zoom into DAG: open the DAG that this task runs')}
          onClick={onZoom}
        />
      )}
    </div>
  );
}
