/** Which run, and so which version of the graph, a DAG document shows. */
import type { KnownRun } from './state';
import type { DagRow } from './wire';

export type RunChoice =
  /** The newest run, as they come; the newest version once it differs from a finished newest run. */
  | { readonly kind: 'latest' }
  | { readonly kind: 'run'; readonly runId: string }
  /** The newest version, without the states of any run. */
  | { readonly kind: 'version' };

export interface Shown {
  readonly run: KnownRun | null;
  readonly version: string | null;
  /** Why no run is shown, or that there is something newer. */
  readonly note: 'none' | 'newer-version' | 'version-never-run' | 'run-unknown';
}

function isActive(run: KnownRun): boolean {
  return run.state === 'running' || run.state === 'queued';
}

export function chooseShown(
  choice: RunChoice,
  row: DagRow | undefined,
  runs: readonly KnownRun[]
): Shown {
  const newest = row?.version ?? null;
  const bare: Shown = { run: null, version: newest, note: 'none' };
  const withRun = (run: KnownRun): Shown => ({
    run,
    version: run.version,
    note: newest !== null && run.version !== newest ? 'newer-version' : 'none'
  });
  switch (choice.kind) {
    case 'version':
      return { ...bare, note: runs.length > 0 ? 'version-never-run' : 'none' };
    case 'run': {
      const run = runs.find(known => known.run_id === choice.runId);
      return run ? withRun(run) : { ...bare, version: null, note: 'run-unknown' };
    }
    case 'latest': {
      const [run] = runs;
      if (!run) {
        return bare;
      }
      const isCurrent = newest === null || run.version === newest;
      return isCurrent || isActive(run) ? withRun(run) : { ...bare, note: 'version-never-run' };
    }
  }
}
