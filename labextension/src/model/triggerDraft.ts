/** What someone enters to trigger a run, the request it means, and what is wrong with it. */
import { jsonProblem, type JsonFault, type JsonProblem } from './jsonProblem';
import type { Translate } from './labels';
import { isObject } from './paramsForm';
import type { Json, JsonObject, Run, TriggerBody } from './wire';

/** The text is the truth: the form reads and writes it, so both sides show the same. */
export interface TriggerDraft {
  readonly conf: string;
  readonly logicalDate: string;
  readonly runId: string;
}

/** Something wrong: `place` is `conf`, `conf.rows`, `logicalDate`, `runId`, or empty if it is about all of it. */
export interface DraftProblem {
  readonly place: string;
  readonly message: string;
}

export type ParsedDraft =
  { readonly body: TriggerBody } | { readonly problems: readonly DraftProblem[] };

export type ParsedConf = { readonly conf: JsonObject } | { readonly problem: string };

export function writeConf(conf: JsonObject): string {
  return JSON.stringify(conf, null, 2);
}

function faultText(fault: JsonFault, trans: Translate): string {
  const texts: Readonly<Record<JsonFault, string>> = {
    'comma-or-end': trans.__('a comma or a closing bracket is missing'),
    value: trans.__('a value is expected: a text in "quotes", a number, true, false, null, [ or {'),
    name: trans.__('a name in "quotes" is expected'),
    colon: trans.__('a colon is missing after the name'),
    quote: trans.__('the text that begins here has no closing quote'),
    escape: trans.__('unknown sign after a backslash'),
    more: trans.__('the text ends too early'),
    'nothing-after': trans.__('there is more after the end of the object')
  };
  return texts[fault];
}

/** `Line 3, column 5: a comma is missing`. */
export function jsonProblemText(problem: JsonProblem, trans: Translate): string {
  const fault = faultText(problem.fault, trans);
  return trans.__('Line %1, column %2: %3', problem.line, problem.column, fault);
}

/** An empty text is an empty conf. */
export function parseConf(text: string, trans: Translate): ParsedConf {
  if (text.trim() === '') {
    return { conf: {} };
  }
  const problem = jsonProblem(text);
  if (problem) {
    return { problem: jsonProblemText(problem, trans) };
  }
  const value = JSON.parse(text) as Json;
  return isObject(value)
    ? { conf: value }
    : { problem: trans.__('The configuration must be a JSON object, such as {"key": "value"}.') };
}

const DATE = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?)?(?:Z|[+-]\d\d:?\d\d)?$/i;

/** A date as ISO 8601; without a zone it is taken as UTC, as everywhere in Couture. Null: it is none. */
export function parseDate(text: string): string | null {
  if (!DATE.test(text)) {
    return null;
  }
  const isDay = text.length === 10;
  const hasZone = !isDay && /(?:Z|[+-]\d\d:?\d\d)$/i.test(text);
  const at = new Date(
    hasZone ? text.replace(' ', 'T') : `${isDay ? `${text}T00:00` : text.replace(' ', 'T')}Z`
  );
  // Days such as 31 February roll over to the next month, whatever the zone.
  const day = new Date(`${text.slice(0, 10)}T00:00Z`);
  const isReal =
    !Number.isNaN(day.getTime()) && day.toISOString().slice(0, 10) === text.slice(0, 10);
  return Number.isNaN(at.getTime()) || !isReal ? null : at.toISOString().replace('Z', '+00:00');
}

/** The request, or everything that is wrong. `check` knows the schemas of the parameters. */
export function parseDraft(
  draft: TriggerDraft,
  check: (conf: JsonObject) => readonly DraftProblem[],
  trans: Translate
): ParsedDraft {
  const problems: DraftProblem[] = [];
  const parsed = parseConf(draft.conf, trans);
  if ('problem' in parsed) {
    problems.push({ place: 'conf', message: parsed.problem });
  } else {
    problems.push(...check(parsed.conf));
  }
  const dateText = draft.logicalDate.trim();
  const date = dateText === '' ? null : parseDate(dateText);
  if (dateText !== '' && date === null) {
    problems.push({
      place: 'logicalDate',
      message: trans.__('A date looks like 2026-01-31 or 2026-01-31 12:00.')
    });
  }
  const runId = draft.runId.trim();
  if ('problem' in parsed || problems.length > 0) {
    return { problems };
  }
  return {
    body: {
      conf: parsed.conf,
      ...(date === null ? {} : { logical_date: date }),
      ...(runId === '' ? {} : { run_id: runId })
    }
  };
}

/** Where in the form the server's `field`, a JSON path, is entered. */
export function placeOfField(field: string | null): string {
  const path = (field ?? '').replace(/^\$\.?/, '').replace(/\[(\d+)\]/g, '.$1');
  return path === 'run_id'
    ? 'runId'
    : path === 'logical_date'
      ? 'logicalDate'
      : path === 'conf' || path.startsWith('conf.')
        ? path
        : '';
}

export interface RecentConf {
  readonly run: Run;
  readonly text: string;
}

/** The different configurations of runs, those of the newest first; runs without one are left out. */
export function recentConfs(runs: readonly Run[], most: number): readonly RecentConf[] {
  const found = new Map<string, RecentConf>();
  for (const run of runs) {
    const text = writeConf(run.conf);
    if (Object.keys(run.conf).length > 0 && !found.has(text)) {
      found.set(text, { run, text });
    }
  }
  return [...found.values()].slice(0, most);
}
