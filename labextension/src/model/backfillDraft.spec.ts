import { describe, expect, it } from 'vitest';
import { english } from '../testing/builders';
import { EMPTY_BACKFILL, parseBackfill, placeOfBackfillField, progressOf } from './backfillDraft';

describe('a backfill as it is entered', () => {
  const parse = (part: Partial<typeof EMPTY_BACKFILL>) =>
    parseBackfill(
      'etl',
      { ...EMPTY_BACKFILL, from: '2026-01-01', to: '2026-01-31', ...part },
      english
    );

  it('takes both days whole', () => {
    expect(parse({})).toEqual({
      body: {
        dag_id: 'etl',
        from_date: '2026-01-01T00:00:00.000+00:00',
        to_date: '2026-01-31T23:59:59.999999+00:00',
        reprocess: 'none',
        run_backwards: false,
        max_active_runs: 10,
        conf: {}
      }
    });
    expect(parse({ from: '2026-01-31', to: '2026-01-31' })).toHaveProperty('body');
  });

  it.each([
    [{ from: '' }, 'from'],
    [{ to: 'soon' }, 'to'],
    [{ from: '2026-02-01' }, 'to'],
    [{ maxActive: '0' }, 'maxActive'],
    [{ maxActive: '1.5' }, 'maxActive'],
    [{ conf: '{' }, 'conf']
  ])('with %j is refused at %s', (part, place) => {
    expect(parse(part)).toMatchObject({ problems: [{ place }] });
  });

  it('has a place for the fields the server names', () => {
    expect(['$.from_date', '$.conf.rows', '$.dag_id'].map(placeOfBackfillField)).toEqual([
      'from',
      'conf',
      ''
    ]);
  });

  it('counts what is done', () => {
    expect(progressOf({ pending: 3, created: 2, kept: 1 })).toEqual({ done: 3, total: 6 });
  });
});
