import { Dialog, showDialog } from '@jupyterlab/apputils';
import { ConfirmBody } from '../../components/browse/ConfirmBody';
import { actionLabel, type BrowseAction } from '../../model/browse/actions';
import type { Subject } from '../../model/browse/page';
import type { Translate } from '../../model/labels';
import type { Touched } from '../../model/wireOrders';

/** Asks whether an action on these rows, and on `others` with them, is meant. */
export async function confirmAction(
  action: BrowseAction,
  subjects: readonly Subject[],
  others: readonly Touched[],
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
    body: <ConfirmBody action={action} subjects={subjects} others={others} trans={trans} />,
    buttons: [
      Dialog.cancelButton({ label: trans.__('Cancel') }),
      action.id === 'delete' ? Dialog.warnButton({ label }) : Dialog.okButton({ label })
    ]
  });
  return result.button.accept;
}
