/** Where in a DAG file a limit is set. */

/** What the limits are called, ours first, then as Airflow had them. */
const NAMES = {
  max_active_runs: ['max_active_runs'],
  max_active_tasks: ['max_active_tasks', 'concurrency'],
  max_active_tis_per_dag: ['max_active_tis_per_dag', 'task_concurrency'],
  max_active_tis_per_dagrun: ['max_active_tis_per_dagrun']
} as const;

export type Limit = keyof typeof NAMES;

export interface LimitPlace {
  /** From 1. */
  readonly line: number;
  /** Whether the limit is written there; otherwise it has its default, and the line is where it could be set. */
  readonly isSet: boolean;
}

/** Where the decorators of the function begin whose `def` is in the line `at`; that line itself if it has none. */
function decorated(lines: readonly string[], at: number): number {
  let first = at;
  for (let line = at - 1; line >= 0 && lines[line]?.trim(); line -= 1) {
    if (/^\s*@/.test(lines[line] ?? '')) {
      first = line;
    }
  }
  return first;
}

/**
 * The line that sets the limit of `id`, a DAG or a task. Of several in the file it is the first one after the line that
 * names `id`, for a file may hold several DAGs; decorators of a function are before its name.
 */
export function findLimit(source: string, limit: Limit, id: string): LimitPlace {
  const lines = source.split('\n');
  const words = NAMES[limit].map(name => new RegExp(`\\b${name}['"]?\\s*[=:]`));
  const own = id.slice(id.lastIndexOf('.') + 1);
  const named = lines.findIndex(
    line => line.includes(`'${own}'`) || line.includes(`"${own}"`) || line.includes(`def ${own}(`)
  );
  const places = lines.flatMap((line, place) =>
    words.some(word => word.test(line)) ? [place] : []
  );
  const begin = lines[named]?.includes(`def ${own}(`) ? decorated(lines, named) : named;
  const found = places.find(place => place >= begin) ?? places.at(-1);
  return { line: (found ?? Math.max(0, named)) + 1, isSet: found !== undefined };
}
