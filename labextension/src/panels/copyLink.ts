import { Clipboard, Notification } from '@jupyterlab/apputils';
import { PageConfig, URLExt } from '@jupyterlab/coreutils';
import { addressOf } from '../model/browse/pageIds';
import type { Translate } from '../model/labels';

const SHOWN_MS = 2000;

/** Puts the address of the lab that opens `link` into the clipboard. */
export function copyLink(link: string, trans: Translate): void {
  const lab = new URL(
    URLExt.join(PageConfig.getBaseUrl(), PageConfig.getOption('appUrl') || 'lab'),
    window.location.href
  );
  Clipboard.copyToSystem(addressOf(lab.href, link));
  Notification.success(trans.__('Link copied'), { autoClose: SHOWN_MS });
}
