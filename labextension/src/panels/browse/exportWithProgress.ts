import { Notification } from '@jupyterlab/apputils';
import { isAbort, problemOf } from '../../api/errors';
import { grouped } from '../../components/browse/Footer';
import type { BrowseQuery } from '../../model/browse/query';
import { download, exportCsv, MOST_ROWS } from '../../store/exportCsv';
import type { ICouture } from '../../tokens';

/** Writes all rows of a query into a file, saying in a notification how far it is; the notification can stop it. */
export async function exportWithProgress(couture: ICouture, query: BrowseQuery): Promise<void> {
  const { session, trans } = couture;
  const control = new AbortController();
  const id = Notification.emit(trans.__('Writing the file…'), 'in-progress', {
    autoClose: false,
    actions: [{ label: trans.__('Cancel'), callback: () => control.abort() }]
  });
  const end = (message: string, type: 'success' | 'warning' | 'error'): void => {
    Notification.update({ id, message, type, autoClose: 6000, actions: [] });
  };
  try {
    const { parts, rows, isCut } = await exportCsv(session.api, query, {
      trans,
      signal: control.signal,
      onProgress: count =>
        Notification.update({ id, message: trans.__('%1 rows so far…', grouped(count)) })
    });
    download(`${query.page}-${new Date().toISOString().slice(0, 10)}.csv`, parts);
    if (isCut) {
      end(
        trans.__('The file holds the first %1 rows only: narrow the filters.', grouped(MOST_ROWS)),
        'warning'
      );
    } else {
      end(trans._n('%2 row written', '%2 rows written', rows, grouped(rows)), 'success');
    }
  } catch (error) {
    end(
      isAbort(error) ? trans.__('No file was written.') : problemOf(error).message,
      isAbort(error) ? 'warning' : 'error'
    );
  }
}
