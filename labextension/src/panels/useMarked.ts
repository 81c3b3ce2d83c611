/** The selected task of a view as what stands out in a chart. */
import { useMemo } from 'react';
import type { DagView } from '../store/dagView';
import { useSelected } from '../store/hooks';

/** Nothing unless it `isWanted`: where the panel of a task opens beside the chart, nothing has to stand out. */
export function useMarked(view: DagView, isWanted = false): ReadonlySet<string> {
  const taskId = useSelected(view, state => (isWanted ? state.taskId : null));
  return useMemo(() => new Set(taskId === null ? [] : [taskId]), [taskId]);
}
