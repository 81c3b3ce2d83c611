/** What someone enters to start a backfill, and the request it means. */
import type { Translate } from './labels';
import { parseConf, parseDate, type DraftProblem } from './triggerDraft';
import type { BackfillBody, BackfillOutcome, BackfillSlot, Reprocess } from './wireOrders';

export interface BackfillDraft {
  readonly from: string;
  readonly to: string;
  readonly reprocess: Reprocess;
  readonly isBackwards: boolean;
  readonly maxActive: string;
  readonly conf: string;
}

export const EMPTY_BACKFILL: BackfillDraft = {
  from: '',
  to: '',
  reprocess: 'none',
  isBackwards: false,
  maxActive: '10',
  conf: ''
};

const MOST_ACTIVE = 1000;

/** The last moment of a day that was given without a time: both ends belong to the range. */
function endOfRange(text: string): string {
  return /^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T23:59:59.999999+00:00` : (parseDate(text) ?? '');
}

export function parseBackfill(
  dagId: string,
  draft: BackfillDraft,
  trans: Translate
): { readonly body: BackfillBody } | { readonly problems: readonly DraftProblem[] } {
  const problems: DraftProblem[] = [];
  const from = parseDate(draft.from.trim());
  const to = parseDate(draft.to.trim());
  const looks = trans.__('A date looks like 2026-01-31 or 2026-01-31 12:00.');
  for (const [place, text, date] of [
    ['from', draft.from, from],
    ['to', draft.to, to]
  ] as const) {
    if (date === null) {
      problems.push({ place, message: text.trim() === '' ? trans.__('Say a date.') : looks });
    }
  }
  if (from !== null && to !== null && to < from) {
    problems.push({ place: 'to', message: trans.__('The last date lies before the first.') });
  }
  const maxActive = Number(draft.maxActive);
  if (!Number.isInteger(maxActive) || maxActive < 1 || maxActive > MOST_ACTIVE) {
    problems.push({ place: 'maxActive', message: trans.__('From 1 to %1.', MOST_ACTIVE) });
  }
  const conf = parseConf(draft.conf, trans);
  if ('problem' in conf) {
    problems.push({ place: 'conf', message: conf.problem });
  }
  if (problems.length > 0 || from === null || 'problem' in conf) {
    return { problems };
  }
  return {
    body: {
      dag_id: dagId,
      from_date: from,
      to_date: endOfRange(draft.to.trim()),
      reprocess: draft.reprocess,
      run_backwards: draft.isBackwards,
      max_active_runs: maxActive,
      conf: conf.conf
    }
  };
}

/** Where in the form the server's `field` is entered. */
export function placeOfBackfillField(field: string | null): string {
  const places: Readonly<Record<string, string>> = {
    from_date: 'from',
    to_date: 'to',
    max_active_runs: 'maxActive'
  };
  const name = (field ?? '').replace(/^\$\.?/, '');
  return places[name] ?? (name.startsWith('conf') ? 'conf' : '');
}

/** What would become of a date, in words. */
export function stepText(slot: BackfillSlot, trans: Translate): string {
  switch (slot.outcome) {
    case 'created':
      return trans.__('gets a run');
    case 'cleared':
      return trans.__('its run is done again');
    case 'kept':
      return trans.__('left alone');
    case 'pending':
      return trans.__('to come');
    case 'cancelled':
      return trans.__('cancelled');
  }
}

/** `12 of 31 dates`, as numbers. */
export function progressOf(counts: Readonly<Partial<Record<BackfillOutcome, number>>>): {
  readonly done: number;
  readonly total: number;
} {
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  return { done: total - (counts.pending ?? 0), total };
}
