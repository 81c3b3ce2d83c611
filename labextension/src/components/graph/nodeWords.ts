/** The words on and about a box of the graph. */
import { LEGEND_STATES, taskStateLabel, type Translate } from '../../model/labels';
import { groupOfBox } from '../../model/groupBox';
import type { NodeTask } from '../../model/selectors';
import type { GraphGroup, GraphNode, TaskCounts } from '../../model/wire';
import type { SceneTexts } from './scene';

/** `2 success, 1 failed`, what one looks for first in front. */
export function countsText(counts: TaskCounts, trans: Translate): string {
  return LEGEND_STATES.flatMap(state => {
    const count = counts[state] ?? 0;
    return count > 0 ? trans.__('%1 %2', count, taskStateLabel(state, trans)) : [];
  }).join(', ');
}

function caption(
  node: GraphNode,
  task: NodeTask | undefined,
  size: number,
  trans: Translate
): string {
  if (groupOfBox(node.id) !== null) {
    return task?.counts ? countsText(task.counts, trans) : trans._n('%1 task', '%1 tasks', size);
  }
  if (task?.instances) {
    const { done, total } = task.instances;
    return trans.__('%1 of %2 · %3', done, total, node.operator);
  }
  if (node.is_mapped) {
    return trans.__('mapped · %1', node.operator);
  }
  const progress = task?.state === 'running' ? task.progress : null;
  if (progress && progress.total > 0) {
    return trans.__('%1 of %2 cells', progress.done, progress.total);
  }
  return task && task.try_number > 1
    ? trans.__('%1 · try %2', node.operator, task.try_number)
    : node.operator;
}

/** `sizes` says how many tasks are behind the box of a folded group. */
export function sceneTexts(sizes: (boxId: string) => number, trans: Translate): SceneTexts {
  const said = (node: GraphNode, task: NodeTask | undefined): string =>
    caption(node, task, sizes(node.id), trans);
  return {
    caption: said,
    describe: (node, task) =>
      [
        groupOfBox(node.id) === null ? node.label : trans.__('group %1, folded', node.label),
        taskStateLabel(task?.state ?? 'none', trans),
        said(node, task),
        ...(node.missing ? [trans.__('cannot run: %1', node.missing.sentence)] : [])
      ].join(', '),
    fold: (group: GraphGroup) => trans.__('Fold group %1', group.id)
  };
}
