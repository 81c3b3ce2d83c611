import { problemOf } from '../api/errors';
import { deleteDag } from '../api/orders';
import { DeleteDagForm } from '../components/DeleteDagForm';
import type { OrderReply } from '../model/wireOrders';
import { DIALOG_PATIENCE_MS, outcomeOf } from '../store/orders';
import type { ICouture } from '../tokens';
import { openModal } from './modal';

/** Says what is lost with a DAG, and deletes it. Null: the user gave up. */
export async function askAndDeleteDag(
  couture: ICouture,
  dagId: string
): Promise<OrderReply | null> {
  const { session, trans } = couture;
  const detail = await session.loadDag(dagId);
  return openModal<OrderReply>(
    trans.__('Delete DAG %1', dagId),
    close => (
      <DeleteDagForm
        row={detail}
        versions={detail.versions.length}
        trans={trans}
        onDelete={async () => {
          try {
            close(
              await outcomeOf(session.api, await deleteDag(session.api, dagId), DIALOG_PATIENCE_MS)
            );
            return null;
          } catch (error) {
            return problemOf(error).message;
          }
        }}
        onCancel={() => close(null)}
      />
    ),
    'input, button[data-couture="dialog-cancel"]'
  );
}
