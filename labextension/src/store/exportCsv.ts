/** All rows that a filter selects, as a file. */
import { fetchRows } from '../api/browse';
import type { CoutureApi } from '../api/rest';
import { cellText } from '../model/browse/cells';
import { csvLine } from '../model/browse/csv';
import { browsePage } from '../model/browse/pages';
import type { BrowseQuery } from '../model/browse/query';
import type { Translate } from '../model/labels';

const AT_ONCE = 1000;
export const MOST_ROWS = 100_000;

export interface Exported {
  readonly parts: readonly string[];
  readonly rows: number;
  /** There were more rows than a file takes. */
  readonly isCut: boolean;
}

/** Raises an `AbortError` when `signal` says so. Rows that move to a later page meanwhile are written once. */
export async function exportCsv(
  api: CoutureApi,
  query: BrowseQuery,
  {
    trans,
    signal,
    onProgress
  }: {
    readonly trans: Translate;
    readonly signal: AbortSignal;
    readonly onProgress: (rows: number) => void;
  }
): Promise<Exported> {
  const columns = browsePage(query.page).columns.filter(column => !column.isWay);
  const parts = [csvLine(columns.map(column => column.label(trans)))];
  const written = new Set<string>();
  for (let offset = 0; offset < MOST_ROWS; offset += AT_ONCE) {
    const { rows } = await fetchRows(api, { ...query, offset }, AT_ONCE, signal);
    const fresh = rows.filter(row => !written.has(row.key));
    fresh.forEach(row => written.add(row.key));
    parts.push(
      fresh.map(row => csvLine(columns.map(column => cellText(row.cells[column.id])))).join('')
    );
    onProgress(written.size);
    if (rows.length < AT_ONCE) {
      return { parts, rows: written.size, isCut: false };
    }
  }
  return { parts, rows: written.size, isCut: true };
}

/** Has the browser keep a text as a file. */
export function download(
  name: string,
  parts: readonly string[],
  type: 'text/csv' | 'application/json' = 'text/csv'
): void {
  const url = URL.createObjectURL(new Blob([...parts], { type: `${type};charset=utf-8` }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  window.setTimeout(() => URL.revokeObjectURL(url), 0);
}
