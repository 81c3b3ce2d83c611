/** What someone types to trigger a run, and the request it means. */
import type { Translate } from './labels';
import type { JsonObject, TriggerBody } from './wire';

export interface TriggerDraft {
  readonly conf: string;
  readonly logicalDate: string;
  readonly runId: string;
}

export const EMPTY_DRAFT: TriggerDraft = { conf: '{}', logicalDate: '', runId: '' };

export type ParsedDraft = { readonly body: TriggerBody } | { readonly problem: string };

function parseConf(text: string): JsonObject | null {
  const value: unknown = JSON.parse(text.trim() === '' ? '{}' : text);
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as JsonObject)
    : null;
}

/** A date without a zone is taken as UTC, as everywhere in Couture. */
function parseDate(text: string): string | null {
  const hasZone = /(?:Z|[+-]\d\d:?\d\d)$/i.test(text);
  const isDay = /^\d{4}-\d\d-\d\d$/.test(text);
  const at = new Date(hasZone ? text : `${isDay ? `${text}T00:00` : text.replace(' ', 'T')}Z`);
  return Number.isNaN(at.getTime()) ? null : at.toISOString().replace('Z', '+00:00');
}

export function parseDraft(draft: TriggerDraft, trans: Translate): ParsedDraft {
  let conf: JsonObject | null;
  try {
    conf = parseConf(draft.conf);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { problem: trans.__('The configuration is not valid JSON: %1', reason) };
  }
  if (conf === null) {
    return {
      problem: trans.__('The configuration must be a JSON object, such as {"key": "value"}.')
    };
  }
  const dateText = draft.logicalDate.trim();
  const date = dateText === '' ? null : parseDate(dateText);
  if (dateText !== '' && date === null) {
    return { problem: trans.__('The logical date must look like 2026-01-31 or 2026-01-31 12:00.') };
  }
  const runId = draft.runId.trim();
  return {
    body: {
      conf,
      ...(date === null ? {} : { logical_date: date }),
      ...(runId === '' ? {} : { run_id: runId })
    }
  };
}
