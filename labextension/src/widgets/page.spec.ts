// @vitest-environment jsdom
import { afterEach, describe, expect, it, vi } from 'vitest';
import { pageServer } from './page';
import { URLExt } from './shims/coreutils';
import { ServerConnection } from './shims/services';

function configure(text: string): void {
  const script = document.createElement('script');
  script.id = 'jupyter-config-data';
  script.type = 'application/json';
  script.textContent = text;
  document.body.append(script);
}

afterEach(() => {
  document.body.replaceChildren();
  vi.unstubAllGlobals();
});

describe('pageServer', () => {
  it('is what the page says, made absolute', () => {
    configure('{"baseUrl": "/user/ann", "token": "t"}');
    expect(pageServer()).toEqual({ baseUrl: `${location.origin}/user/ann/`, token: 't' });
  });

  it.each(['', '{}', 'no JSON', '{"baseUrl": 3}'])('is null for %j', text => {
    configure(text);
    expect(pageServer()).toBeNull();
  });

  it('is null on a page of no Jupyter server', () => {
    expect(pageServer()).toBeNull();
  });
});

describe('what stands in for the lab', () => {
  it('joins addresses with one slash', () => {
    expect(URLExt.join('http://h/user/', '/couture/api', 'dags')).toBe(
      'http://h/user/couture/api/dags'
    );
  });

  it('asks with the token and the newest XSRF cookie of the page', async () => {
    configure('{"baseUrl": "/", "token": "secret"}');
    document.cookie = '_xsrf=abc';
    const fetched = vi.fn(
      async (_url: string, _init: RequestInit & { headers: Headers }) => new Response('{}')
    );
    vi.stubGlobal('fetch', fetched);
    const settings = ServerConnection.makeSettings();
    await ServerConnection.makeRequest('http://h/x', { method: 'POST' }, settings);
    const [url, init] = fetched.mock.calls[0] ?? [];
    expect(url).toBe('http://h/x');
    expect(init?.method).toBe('POST');
    expect(init?.headers.get('Authorization')).toBe('token secret');
    expect(init?.headers.get('X-XSRFToken')).toBe('abc');
  });

  it('opens sockets on the same host, without the token in the address', () => {
    configure('{"baseUrl": "/user/ann/", "token": "secret"}');
    const { wsUrl, appendToken } = ServerConnection.makeSettings();
    expect(wsUrl).toBe(`${location.origin.replace('http', 'ws')}/user/ann/`);
    expect(appendToken).toBe(false);
  });
});
