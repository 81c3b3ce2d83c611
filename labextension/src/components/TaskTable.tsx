import { useMemo, useRef, useState, type KeyboardEvent } from 'react';
import type { Translate } from '../model/labels';
import { neighbours, type NodeTask } from '../model/selectors';
import { taskTree, type TreeRow } from '../model/taskTree';
import type { Graph, TaskState } from '../model/wire';
import { TaskTableRow } from './TaskTableRow';

export interface TaskTableProps {
  readonly graph: Graph;
  readonly tasks: ReadonlyMap<string, NodeTask>;
  readonly folded: ReadonlySet<string>;
  readonly highlight: TaskState | null;
  /** Tasks that a search found; null without one. */
  readonly matches: readonly string[] | null;
  readonly selected: string | null;
  readonly trans: Translate;
  readonly onSelect: (taskId: string) => void;
  /** Folds an open group, opens a folded one. */
  readonly onFold: (groupId: string) => void;
}

const NONE: readonly string[] = [];

/** Where a key leads from a row; null where it leads nowhere. */
function rowAfter(rows: readonly TreeRow[], place: number, key: string): number | null {
  const row = rows[place];
  switch (key) {
    case 'ArrowDown':
      return Math.min(place + 1, rows.length - 1);
    case 'ArrowUp':
      return Math.max(place - 1, 0);
    case 'Home':
      return 0;
    case 'End':
      return rows.length - 1;
    case 'ArrowRight':
      return row?.type === 'group' && row.isOpen ? place + 1 : null;
    case 'ArrowLeft':
      return rows.findIndex(other => other.type === 'group' && other.id === row?.parent);
    default:
      return null;
  }
}

/** The graph in words: groups as a tree, every task with its state and what it depends on. */
export function TaskTable(props: TaskTableProps): JSX.Element {
  const { graph, tasks, folded, highlight, matches, selected, trans, onSelect, onFold } = props;
  const { up } = neighbours(graph);
  const body = useRef<HTMLTableSectionElement>(null);
  const rows = useMemo(() => {
    const wanted = matches && new Set(matches);
    return taskTree(
      graph,
      tasks,
      folded,
      node =>
        (highlight === null || (tasks.get(node.id)?.state ?? 'none') === highlight) &&
        (wanted === null || wanted.has(node.id))
    );
  }, [graph, tasks, folded, highlight, matches]);
  const [cursor, setCursor] = useState<string | null>(selected);
  const place = Math.max(
    0,
    rows.findIndex(row => row.id === cursor)
  );

  const onKeyDown = (event: KeyboardEvent): void => {
    const row = rows[place];
    if (!row || event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    const isOpen = row.type === 'group' && row.isOpen;
    if (event.key === 'Enter' || event.key === ' ') {
      if (row.type === 'task') {
        onSelect(row.id);
      } else {
        onFold(row.id);
      }
    } else if (
      row.type === 'group' &&
      ((event.key === 'ArrowRight' && !isOpen) || (event.key === 'ArrowLeft' && isOpen))
    ) {
      onFold(row.id);
    } else {
      const next = rowAfter(rows, place, event.key);
      const target = next === null ? undefined : rows[next];
      if (next === null || !target) {
        return;
      }
      setCursor(target.id);
      body.current?.rows[next]?.focus();
    }
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div className="couture-TaskTable" data-couture="task-table">
      <table role="treegrid" aria-label={trans.__('Tasks of %1', graph.dag_id)}>
        <thead>
          <tr>
            <th scope="col">{trans.__('Task')}</th>
            <th scope="col">{trans.__('State')}</th>
            <th scope="col">{trans.__('Duration')}</th>
            <th scope="col">{trans.__('Operator')}</th>
            <th scope="col">{trans.__('Runs after')}</th>
          </tr>
        </thead>
        <tbody ref={body} onKeyDown={onKeyDown}>
          {rows.map((row, index) => (
            <TaskTableRow
              key={row.id}
              row={row}
              task={row.type === 'task' ? tasks.get(row.id) : undefined}
              upstream={(row.type === 'task' && up.get(row.id)) || NONE}
              isSelected={row.id === selected}
              isTabStop={index === place}
              trans={trans}
              onCursor={setCursor}
              onSelect={onSelect}
              onFold={onFold}
            />
          ))}
        </tbody>
      </table>
      {rows.length === 0 && (
        <p className="couture-TaskTable-none" role="status">
          {trans.__('No task is like that.')}
        </p>
      )}
    </div>
  );
}
