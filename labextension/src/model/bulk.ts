/** What is done to several DAGs at once, and what came of it. */
import type { Translate } from './labels';

export const BULK_VERBS = ['turn-on', 'turn-off', 'trigger', 'refresh'] as const;
export type BulkVerb = (typeof BULK_VERBS)[number];

export interface BulkFailure {
  readonly dagId: string;
  readonly message: string;
}

export interface Bulk {
  readonly verb: BulkVerb;
  readonly total: number;
  readonly done: number;
  readonly failures: readonly BulkFailure[];
}

/** After one more DAG; `failure` null: it went well. */
export function oneMore(bulk: Bulk, failure: BulkFailure | null): Bulk {
  return {
    ...bulk,
    done: bulk.done + 1,
    failures: failure ? [...bulk.failures, failure] : bulk.failures
  };
}

export function isOver(bulk: Bulk): boolean {
  return bulk.done >= bulk.total;
}

export function bulkVerbLabel(verb: BulkVerb, trans: Translate): string {
  const labels: Readonly<Record<BulkVerb, string>> = {
    'turn-on': trans.__('Turn On'),
    'turn-off': trans.__('Turn Off'),
    trigger: trans.__('Trigger'),
    refresh: trans.__('Read Files Again')
  };
  return labels[verb];
}

function wentWell(verb: BulkVerb, count: number, trans: Translate): string {
  switch (verb) {
    case 'turn-on':
      return trans._n('%1 DAG turned on', '%1 DAGs turned on', count);
    case 'turn-off':
      return trans._n('%1 DAG turned off', '%1 DAGs turned off', count);
    case 'trigger':
      return trans._n('%1 DAG triggered', '%1 DAGs triggered', count);
    case 'refresh':
      return trans._n('File of %1 DAG read again', 'Files of %1 DAGs read again', count);
  }
}

/** `3 DAGs turned on`, `2 DAGs triggered, 1 failed`; while under way `2 of 7…`. */
export function bulkSummary(bulk: Bulk, trans: Translate): string {
  if (!isOver(bulk)) {
    return trans.__('%1: %2 of %3…', bulkVerbLabel(bulk.verb, trans), bulk.done, bulk.total);
  }
  const well = wentWell(bulk.verb, bulk.done - bulk.failures.length, trans);
  return bulk.failures.length === 0 ? well : trans.__('%1, %2 failed', well, bulk.failures.length);
}
