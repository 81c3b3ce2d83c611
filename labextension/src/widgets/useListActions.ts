import { useMemo } from 'react';
import { problemOf } from '../api/errors';
import type { DagListActions, MenuItem } from '../components/actions';
import { isAllowed } from '../model/permissions';
import { isPaused } from '../model/selectors';
import type { Problem } from '../model/state';
import type { Live } from '../panels/tabs/types';
import { copyText } from './copyText';
import { tell, textOf, type WidgetModel } from './model';

type ShowItems = (items: readonly MenuItem[], x: number, y: number) => void;

const nothing = (): void => undefined;

/** What a list of DAGs does in a notebook: it chooses for Python, and what needs no dialog. */
export function useListActions(
  { session, trans }: Live,
  model: WidgetModel,
  showItems: ShowItems,
  onProblem: (problem: Problem | null) => void
): DagListActions {
  return useMemo(() => {
    const attempt = (act: () => Promise<unknown>): void => {
      onProblem(null);
      act().catch((error: unknown) => onProblem(problemOf(error)));
    };
    const open = (dagId: string): void => {
      const isChosen = textOf(model, 'selected') === dagId;
      tell(model, { selected: isChosen ? null : dagId });
    };
    const setPaused = (dagId: string, paused: boolean): void =>
      attempt(() => session.setPaused(dagId, paused));
    const trigger = (dagId: string): void => attempt(() => session.trigger(dagId));
    const refresh = (dagId: string): void => attempt(() => session.refresh(dagId));
    const showMenu = (dagId: string, x: number, y: number): void => {
      const state = session.store.getState();
      const isOff = isPaused(state, dagId);
      const edits = isAllowed(state, 'dags.edit')
        ? [
            {
              label: isOff ? trans.__('Turn On') : trans.__('Turn Off'),
              run: () => setPaused(dagId, !isOff)
            },
            { label: trans.__('Read the File Again'), run: () => refresh(dagId) }
          ]
        : [];
      const runs = isAllowed(state, 'runs.trigger')
        ? [{ label: trans.__('Trigger DAG'), run: () => trigger(dagId) }]
        : [];
      const copy = (): void => copyText(dagId);
      showItems([...runs, ...edits, { label: trans.__('Copy DAG Id'), run: copy }], x, y);
    };
    return {
      open,
      setPaused,
      trigger,
      refresh,
      showMenu,
      openFile: nothing,
      remove: nothing,
      browseTasks: nothing,
      browseRuns: nothing
    };
  }, [session, trans, model, showItems, onProblem]);
}
