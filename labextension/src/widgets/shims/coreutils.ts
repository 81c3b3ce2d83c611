/** Stands in for `@jupyterlab/coreutils`. */
export const URLExt = {
  /** One address of parts, with one slash between two of them. */
  join(first: string, ...rest: readonly string[]): string {
    return rest.reduce(
      (url, part) => `${url.replace(/\/+$/, '')}/${part.replace(/^\/+/, '')}`,
      first
    );
  }
};
