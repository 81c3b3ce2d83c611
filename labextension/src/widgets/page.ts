/** Which Jupyter server a page belongs to, as JupyterLab and Notebook write it down in every page. */
export interface PageServer {
  /** Absolute, with a slash at its end. */
  readonly baseUrl: string;
  /** Empty where a cookie is the login. */
  readonly token: string;
}

/** Null on a page of no Jupyter server, as an exported notebook is. */
export function pageServer(): PageServer | null {
  const text = document.getElementById('jupyter-config-data')?.textContent;
  if (!text) {
    return null;
  }
  try {
    const { baseUrl, token } = JSON.parse(text) as Readonly<Record<string, unknown>>;
    return typeof baseUrl === 'string'
      ? {
          baseUrl: new URL(baseUrl.replace(/\/*$/, '/'), window.location.href).href,
          token: typeof token === 'string' ? token : ''
        }
      : null;
  } catch {
    return null;
  }
}
