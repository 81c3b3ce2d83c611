import { Dialog, showDialog } from '@jupyterlab/apputils';
import { ConfirmBody } from '../../components/browse/ConfirmBody';
import type { Preview } from '../../model/wireOrders';
import { actionLabel, type BrowseAction } from '../../model/browse/actions';
import type { Subject } from '../../model/browse/page';
import type { Translate } from '../../model/labels';
import type { Look } from '../../store/browseActions';

/** Asks whether an action on these rows is meant, and on all that `look` has found. */
export async function confirmAction(
  action: BrowseAction,
  subjects: readonly Subject[],
  look: Look | null,
  trans: Translate
): Promise<boolean> {
  const label = actionLabel(action, trans);
  const count = subjects.length;
  const titles: Readonly<Record<BrowseAction['type'], string>> = {
    run: trans._n('%2: %1 run', '%2: %1 runs', count, label),
    task: trans._n('%2: %1 task instance', '%2: %1 task instances', count, label),
    variable: trans._n('%2: %1 variable', '%2: %1 variables', count, label)
  };
  const result = await showDialog({
    title: titles[action.type],
    body: (
      <ConfirmBody
        action={action}
        subjects={subjects}
        others={look?.type === 'tasks' ? look.others : []}
        touched={look?.type === 'runs' ? together([...look.previews.values()]) : null}
        trans={trans}
      />
    ),
    buttons: [
      Dialog.cancelButton({ label: trans.__('Cancel') }),
      action.id === 'delete' ? Dialog.warnButton({ label }) : Dialog.okButton({ label })
    ]
  });
  return result.button.accept;
}

function together(previews: readonly Preview[]): Pick<Preview, 'touched' | 'total'> {
  return {
    touched: previews.flatMap(({ touched }) => touched),
    total: previews.reduce((sum, { total }) => sum + total, 0)
  };
}
