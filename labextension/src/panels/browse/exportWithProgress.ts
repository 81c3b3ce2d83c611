import { Notification } from '@jupyterlab/apputils';
import { isAbort, problemOf } from '../../api/errors';
import { grouped } from '../../components/browse/Footer';
import type { BrowseQuery } from '../../model/browse/query';
import { download, exportCsv, MOST_ROWS } from '../../store/exportCsv';
import type { ICouture } from '../../tokens';
import { LONG_MS, SHORT_MS, tell } from '../tell';

/** What is written sooner needs no word on how far it is. */
const PATIENCE_MS = 800;

/** Writes all rows of a query into a file; if it takes long, a notification says how far it is and can stop it. */
export async function exportWithProgress(couture: ICouture, query: BrowseQuery): Promise<void> {
  const { session, trans } = couture;
  const control = new AbortController();
  let progress: string | null = null;
  let message = trans.__('Writing the file…');
  const timer = window.setTimeout(() => {
    progress = Notification.emit(message, 'in-progress', {
      autoClose: false,
      actions: [{ label: trans.__('Cancel'), callback: () => control.abort() }]
    });
  }, PATIENCE_MS);
  const onProgress = (count: number): void => {
    message = trans.__('%1 rows so far…', grouped(count));
    if (progress !== null) {
      Notification.update({ id: progress, message });
    }
  };
  // A new notification: one that shows progress does not close by itself any more.
  const end = (text: string, type: 'success' | 'warning' | 'error', stays = LONG_MS): void => {
    window.clearTimeout(timer);
    if (progress !== null) {
      Notification.dismiss(progress);
    }
    tell(type, text, trans, stays);
  };
  try {
    const options = { trans, signal: control.signal, onProgress };
    const { parts, rows, isCut } = await exportCsv(session.api, query, options);
    download(`${query.page}-${new Date().toISOString().slice(0, 10)}.csv`, parts);
    if (isCut) {
      end(
        trans.__('The file holds the first %1 rows only: narrow the filters.', grouped(MOST_ROWS)),
        'warning'
      );
    } else {
      end(trans._n('%2 row written', '%2 rows written', rows, grouped(rows)), 'success', SHORT_MS);
    }
  } catch (error) {
    if (isAbort(error)) {
      end(trans.__('No file was written.'), 'warning', SHORT_MS);
    } else {
      end(problemOf(error).message, 'error');
    }
  }
}
