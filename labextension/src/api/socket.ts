/** The real host of an `EventStream`: the lab's WebSocket settings and the browser's timers. */
import { URLExt } from '@jupyterlab/coreutils';
import type { ServerConnection } from '@jupyterlab/services';
import type { Socket, StreamHost } from './stream';

function streamUrl(settings: ServerConnection.ISettings, cursor: number | null): string {
  const query = new URLSearchParams();
  if (cursor !== null) {
    query.set('cursor', String(cursor));
  }
  if (settings.appendToken && settings.token !== '') {
    query.set('token', settings.token);
  }
  const text = query.toString();
  return `${URLExt.join(settings.wsUrl, 'couture/api/stream')}${text ? `?${text}` : ''}`;
}

export function browserHost(settings: ServerConnection.ISettings): StreamHost {
  return {
    open: (cursor): Socket => new settings.WebSocket(streamUrl(settings, cursor)),
    now: () => Date.now(),
    after: (milliseconds, action) => window.setTimeout(action, milliseconds),
    cancel: timer => window.clearTimeout(timer),
    random: () => Math.random()
  };
}
