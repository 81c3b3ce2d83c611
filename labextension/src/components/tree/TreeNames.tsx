import { caretDownEmptyIcon, caretRightIcon } from '@jupyterlab/ui-components';
import { memo, type MouseEvent } from 'react';
import type { Translate } from '../../model/labels';
import { describeRow } from '../../model/gridCells';
import type { TreeRow } from '../../model/tree';
import { ROW, indent, levelsBeyond } from './metrics';

export interface TreeNamesProps {
  readonly rows: readonly TreeRow[];
  /** Rows that are in the page. */
  readonly first: number;
  readonly last: number;
  readonly idPrefix: string;
  readonly selectedTask: string | null;
  readonly trans: Translate;
  readonly onToggle: (key: string) => void;
  readonly onName: (row: TreeRow) => void;
  readonly onMenu: (row: TreeRow, event: MouseEvent) => void;
}

/** The names of the tasks: the rows of the tree grid. Those out of sight are not in the page. */
export const TreeNames = memo(function TreeNames(props: TreeNamesProps): JSX.Element {
  const { rows, first, last } = props;
  const shown = rows.slice(first, last);
  return (
    <div className="couture-Tree-names" role="rowgroup" style={{ height: rows.length * ROW }}>
      {shown.map((row, at) => (
        <NameRow key={row.key} {...props} row={row} index={first + at} />
      ))}
    </div>
  );
});

interface NameRowProps extends TreeNamesProps {
  readonly row: TreeRow;
  readonly index: number;
}

function NameRow(props: NameRowProps): JSX.Element {
  const { row, index, idPrefix, selectedTask, trans } = props;
  const beyond = levelsBeyond(row.depth);
  const Caret = row.isOpen ? caretDownEmptyIcon : caretRightIcon;
  const title = [
    row.id || row.label,
    ...(row.node ? [row.node.operator] : []),
    ...(row.isRepeat ? [trans.__('Shown in full above')] : [])
  ].join('\n');
  return (
    <div
      id={`${idPrefix}${row.key}`}
      className="couture-Tree-row"
      role="row"
      aria-level={row.depth + 1}
      aria-posinset={row.position}
      aria-setsize={row.setSize}
      aria-expanded={row.hasChildren ? row.isOpen : undefined}
      aria-rowindex={index + 2}
      aria-selected={row.kind === 'task' && row.id === selectedTask}
      data-row-kind={row.kind}
      data-task-id={row.kind === 'task' ? row.id : undefined}
      data-index={index}
      style={{ top: index * ROW }}
    >
      <div
        className="couture-Tree-name"
        role="rowheader"
        aria-label={describeRow(row, trans)}
        style={{ paddingLeft: indent(row.depth) }}
        title={title}
        onContextMenu={event => props.onMenu(row, event)}
      >
        <span
          className="couture-Tree-twisty"
          data-couture={row.hasChildren ? 'twisty' : undefined}
          onClick={row.hasChildren ? () => props.onToggle(row.key) : undefined}
        >
          {row.hasChildren && <Caret.react tag="span" />}
        </span>
        {beyond > 0 && <span className="couture-Tree-beyond">+{beyond}</span>}
        <span className="couture-Tree-label" onClick={() => props.onName(row)}>
          {row.label}
        </span>
        {row.kind !== 'task' && <span className="couture-Tree-size">{row.taskIds.length}</span>}
        {row.isRepeat && <span className="couture-Tree-repeat">{trans.__('see above')}</span>}
      </div>
    </div>
  );
}
