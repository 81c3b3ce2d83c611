/** Where a file of the server is found in the lab's file browser. */

/**
 * The path relative to the folder the lab shows, or null if the file lies outside of it.
 *
 * `serverRoot` comes from the page and may begin with `~`; then the part behind it is looked for. A
 * relative `file` is taken to be relative to that folder already.
 */
export function pathInLab(file: string, serverRoot: string): string | null {
  if (!file.startsWith('/')) {
    return file;
  }
  const root = serverRoot.replace(/\/+$/, '');
  if (root.startsWith('~')) {
    const inHome = root.slice(1);
    const inside = new RegExp(`^/(?:home/[^/]+|Users/[^/]+|root)${escapeRegExp(inHome)}/(.+)$`);
    return inside.exec(file)?.[1] ?? null;
  }
  return file.startsWith(`${root}/`) ? file.slice(root.length + 1) : null;
}

/** Where a DAG file lies on the server, which names it by its path below the DAGs folder. */
export function dagFilePath(file: string, dagsFolder: string): string {
  return file.startsWith('/') || dagsFolder === ''
    ? file
    : `${dagsFolder.replace(/\/+$/, '')}/${file}`;
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
