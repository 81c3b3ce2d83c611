/** Stands in for `@jupyterlab/services`: requests with the login of the page, as the lab makes them. */
import type { ServerConnection as LabConnection } from '@jupyterlab/services';
import { pageServer } from '../page';

export type Settings = Pick<
  LabConnection.ISettings,
  'baseUrl' | 'wsUrl' | 'token' | 'appendToken' | 'WebSocket'
>;

/** Of several cookies of one name the last: that is the one the server sees. */
function cookie(name: string): string | null {
  const found = document.cookie.split('; ').filter(each => each.startsWith(`${name}=`));
  return found.pop()?.slice(name.length + 1) ?? null;
}

export const ServerConnection = {
  makeSettings(): Settings {
    const server = pageServer();
    if (!server) {
      throw new Error('This page is not a page of a Jupyter server.');
    }
    const { baseUrl, token } = server;
    // The socket is on the page's own host, where its cookie is enough.
    return {
      baseUrl,
      wsUrl: baseUrl.replace(/^http/, 'ws'),
      token,
      appendToken: false,
      WebSocket
    };
  },

  makeRequest(url: string, init: RequestInit, settings: Settings): Promise<Response> {
    const headers = new Headers(init.headers);
    if (settings.token !== '') {
      headers.set('Authorization', `token ${settings.token}`);
    }
    const xsrf = cookie('_xsrf');
    if (xsrf !== null) {
      headers.set('X-XSRFToken', xsrf);
    }
    // eslint-disable-next-line no-restricted-globals -- here `CoutureApi` ends
    return fetch(url, { cache: 'no-store', credentials: 'same-origin', ...init, headers });
  }
};
