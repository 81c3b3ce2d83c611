/** Leads to the line of a DAG file that sets a limit; says where it could be set, if it is not. */
import { Notification } from '@jupyterlab/apputils';
import type { DagActions } from '../../components/actions';
import { findLimit, type Limit } from '../../model/limitLine';
import type { ICouture } from '../../tokens';
import { attempt, LONG_MS } from '../tell';

export async function openLimit(
  { session, trans }: ICouture,
  actions: DagActions,
  dagId: string,
  limit: Limit,
  taskId: string | null
): Promise<void> {
  await attempt(trans, async () => {
    const { source, file } = await session.api.source(dagId, null);
    const { line, isSet } = findLimit(source, limit, taskId ?? dagId);
    if (isSet) {
      Notification.info(trans.__('%1 is set in line %2 of %3', limit, line, file), {
        autoClose: LONG_MS
      });
    } else {
      Notification.info(
        trans.__('%1 is not set in %2: its default holds. Add it at line %3.', limit, file, line),
        { autoClose: LONG_MS }
      );
    }
    actions.openFile(file, line);
  });
}
