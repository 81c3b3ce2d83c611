import { HTMLSelect } from '@jupyterlab/ui-components';
import { taskStateLabel, type Translate } from '../model/labels';
import type { KnownTask } from '../model/state';

export interface InstancesProps {
  readonly task: KnownTask;
  readonly instances: readonly KnownTask[];
  readonly trans: Translate;
  readonly onInstance: (mapIndex: number) => void;
}

/** Which instance of a mapped task the panel is about. */
export function Instances({ task, instances, trans, onInstance }: InstancesProps): JSX.Element {
  return (
    <HTMLSelect
      className="couture-Select"
      value={String(task.map_index)}
      data-couture="instances"
      aria-label={trans.__('Instance of the mapped task')}
      onChange={event => onInstance(Number(event.target.value))}
    >
      {instances.map(instance => (
        <option key={instance.map_index} value={instance.map_index}>
          {trans.__('%1 · %2', `[${instance.map_index}]`, taskStateLabel(instance.state, trans))}
        </option>
      ))}
    </HTMLSelect>
  );
}
