import { memo } from 'react';
import { formatDuration } from '../model/format';
import { taskStateLabel, type Translate } from '../model/labels';
import { neighbours } from '../model/selectors';
import type { KnownTask } from '../model/state';
import type { Graph, GraphNode, TaskState } from '../model/wire';
import { MissingMark } from './MissingNote';
import { StateMark } from './StateMark';

export interface TaskTableProps {
  readonly graph: Graph;
  readonly tasks: ReadonlyMap<string, KnownTask>;
  readonly highlight: TaskState | null;
  readonly selected: string | null;
  readonly trans: Translate;
  readonly onSelect: (taskId: string) => void;
}

/** The graph in words: every task with its state and what it depends on. */
export function TaskTable(props: TaskTableProps): JSX.Element {
  const { graph, tasks, highlight, selected, trans, onSelect } = props;
  const { up } = neighbours(graph);
  const shown = graph.nodes.filter(
    node => highlight === null || (tasks.get(node.id)?.state ?? 'none') === highlight
  );
  return (
    <div className="couture-TaskTable" data-couture="task-table">
      <table>
        <thead>
          <tr>
            <th scope="col">{trans.__('Task')}</th>
            <th scope="col">{trans.__('State')}</th>
            <th scope="col">{trans.__('Duration')}</th>
            <th scope="col">{trans.__('Operator')}</th>
            <th scope="col">{trans.__('Runs after')}</th>
          </tr>
        </thead>
        <tbody>
          {shown.map(node => (
            <TaskTableRow
              key={node.id}
              node={node}
              task={tasks.get(node.id)}
              upstream={up.get(node.id) ?? NONE}
              isSelected={node.id === selected}
              trans={trans}
              onSelect={onSelect}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

const NONE: readonly string[] = [];

interface TaskTableRowProps {
  readonly node: GraphNode;
  readonly task: KnownTask | undefined;
  readonly upstream: readonly string[];
  readonly isSelected: boolean;
  readonly trans: Translate;
  readonly onSelect: (taskId: string) => void;
}

const TaskTableRow = memo(function TaskTableRow(props: TaskTableRowProps): JSX.Element {
  const { node, task, upstream, isSelected, trans, onSelect } = props;
  const state = task?.state ?? 'none';
  return (
    <tr
      data-task-id={node.id}
      data-state={state}
      data-seq-at={task?.changed_at ?? undefined}
      aria-selected={isSelected}
    >
      <th scope="row">
        <button type="button" className="couture-LinkButton" onClick={() => onSelect(node.id)}>
          {node.label}
        </button>
      </th>
      <td>
        <span className="couture-StateText couture-state" data-state={state}>
          <StateMark state={state} /> {taskStateLabel(state, trans)}
        </span>
      </td>
      <td className="couture-number">{formatDuration(task?.duration_seconds ?? null)}</td>
      <td title={node.missing?.sentence}>
        {node.missing && <MissingMark />} {node.operator}
        {node.missing && <span className="couture-hidden">{node.missing.sentence}</span>}
      </td>
      <td>{upstream.length > 0 ? upstream.join(', ') : '–'}</td>
    </tr>
  );
});
