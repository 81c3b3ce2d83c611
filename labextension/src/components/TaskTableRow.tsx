import { memo } from 'react';
import { formatDuration } from '../model/format';
import { taskStateLabel, type Translate } from '../model/labels';
import type { NodeTask } from '../model/selectors';
import type { TreeRow } from '../model/taskTree';
import type { TaskState } from '../model/wire';
import { MissingMark } from './MissingNote';
import { StateMark } from './StateMark';

export interface TaskTableRowProps {
  readonly row: TreeRow;
  readonly task: NodeTask | undefined;
  readonly upstream: readonly string[];
  readonly isSelected: boolean;
  /** Whether the Tab key leads here: one row of the table is like that. */
  readonly isTabStop: boolean;
  readonly trans: Translate;
  readonly onCursor: (rowId: string) => void;
  readonly onSelect: (taskId: string) => void;
  readonly onFold: (groupId: string) => void;
}

/** A task, or a group with how far it is. */
export const TaskTableRow = memo(function TaskTableRow(props: TaskTableRowProps): JSX.Element {
  const { row, task, upstream, isSelected, trans } = props;
  const isGroup = row.type === 'group';
  const state = isGroup ? row.state : (task?.state ?? 'none');
  return (
    <tr
      data-task-id={isGroup ? undefined : row.id}
      data-group-id={isGroup ? row.id : undefined}
      data-state={state}
      data-seq-at={task?.changed_at ?? undefined}
      aria-level={row.level}
      aria-expanded={isGroup ? row.isOpen : undefined}
      aria-selected={isSelected}
      tabIndex={props.isTabStop ? 0 : -1}
      onFocus={() => props.onCursor(row.id)}
      onClick={() => (isGroup ? props.onFold(row.id) : props.onSelect(row.id))}
    >
      <th scope="row" style={{ paddingLeft: `${12 + 18 * (row.level - 1)}px` }}>
        {isGroup ? (
          <>
            <svg className="couture-TaskTable-sign" viewBox="0 0 12 12" aria-hidden="true">
              <path
                d={row.isOpen ? 'M2.500 4.500L6 8l3.500-3.500' : 'M4.500 2.500L8 6l-3.500 3.500'}
              />
            </svg>
            <strong>{row.group.label}</strong>
          </>
        ) : (
          <span className="couture-TaskTable-name">{row.node.label}</span>
        )}
      </th>
      <td>
        <StateText state={state} trans={trans} />
      </td>
      <td className="couture-number">
        {isGroup
          ? trans.__('%1 of %2 done', row.done, row.total)
          : formatDuration(task?.duration_seconds ?? null)}
      </td>
      {isGroup ? (
        <td>{trans.__('group')}</td>
      ) : (
        <td title={row.node.missing?.sentence}>
          {row.node.missing && <MissingMark />} {row.node.operator}
          {row.node.missing && <span className="couture-hidden">{row.node.missing.sentence}</span>}
          {task?.instances && (
            <span className="couture-faint">
              {' '}
              {trans.__('%1 of %2', task.instances.done, task.instances.total)}
            </span>
          )}
        </td>
      )}
      <td>{isGroup ? '' : upstream.length > 0 ? upstream.join(', ') : '–'}</td>
    </tr>
  );
});

function StateText({
  state,
  trans
}: {
  readonly state: TaskState;
  readonly trans: Translate;
}): JSX.Element {
  return (
    <span className="couture-StateText couture-state" data-state={state}>
      <StateMark state={state} /> {taskStateLabel(state, trans)}
    </span>
  );
}
