/** Small pure parts of the task panel: reasons and remedies, exact times, answers to questions. */
import { describe, expect, it } from 'vitest';
import { english } from '../testing/builders';
import { newAnswer, readParams } from './answerDraft';
import { formatExact } from './exactTime';
import { remediesFor } from './remedies';
import type { JsonObject } from './wire';
import type { Question } from './wireTask';

describe('an exact time', () => {
  it.each([
    ['2026-01-31T12:00:00+00:00', '2026-01-31T12:00:00.000000+00:00'],
    ['2026-01-31T12:00:00.123456+00:00', '2026-01-31T12:00:00.123456+00:00'],
    ['2026-01-31T12:00:00.5Z', '2026-01-31T12:00:00.500000+00:00'],
    ['2026-01-31T14:00:00+02:00', '2026-01-31T12:00:00.000000+00:00'],
    [null, '–']
  ])('of %s is %s', (at, shown) => {
    expect(formatExact(at)).toBe(shown);
  });
});

describe('the remedies of a reason', () => {
  const of = (kind: string, facts?: JsonObject) =>
    remediesFor({ kind, sentence: '', ...(facts ? { facts } : {}) });

  it('lead to the few first tasks that are waited for', () => {
    expect(of('upstream_unfinished', { tasks: ['a', 'b[3]', 'c', 'd'] })).toEqual([
      { type: 'open-task', taskId: 'a' },
      { type: 'open-task', taskId: 'b' },
      { type: 'open-task', taskId: 'c' }
    ]);
    expect(of('not_chosen', { task: 'branch' })).toEqual([{ type: 'open-task', taskId: 'branch' }]);
  });

  it('turn on, answer, or lead to the run before', () => {
    expect(of('attempt_failed', { try: 1, error: 'E' })).toEqual([
      { type: 'show-log' },
      { type: 'clear' }
    ]);
    expect(of('dag_paused')).toEqual([{ type: 'turn-on' }]);
    expect(of('waits_for_person', { subject: 'x' })).toEqual([{ type: 'answer' }]);
    expect(of('past_unfinished', { run: 'r0' })).toEqual([{ type: 'open-run', runId: 'r0' }]);
  });

  it('give a pool the slots it lacks, or make it', () => {
    const slotsOf = (kind: string, facts: JsonObject) =>
      of(kind, { pool: 'db', ...facts }).map(remedy => ({ ...remedy, type: undefined }));
    expect(slotsOf('pool_full', { slots: 3 })).toEqual([
      { pool: 'db', slots: 4, isMissing: false }
    ]);
    expect(slotsOf('pool_too_small', { slots: 1, wanted: 5 })).toEqual([
      { pool: 'db', slots: 5, isMissing: false }
    ]);
    expect(slotsOf('pool_missing', {})).toEqual([{ pool: 'db', slots: 1, isMissing: true }]);
  });

  it('run now what waits for its time, and lead to limits, runs and workers', () => {
    expect(of('retry_not_due', { at: 'soon' })).toEqual([{ type: 'run-now' }]);
    expect(of('run_limit', { limit: 1 }).map(({ type }) => type)).toEqual([
      'open-runs',
      'open-limit'
    ]);
    expect(of('task_limit', { limit: 1 })).toEqual([
      { type: 'open-limit', limit: 'max_active_tis_per_dag', isOfTask: true }
    ]);
    expect(of('no_workers')).toEqual([{ type: 'open-overview' }]);
  });

  it('are none where only waiting helps, or facts are missing', () => {
    expect(of('not_yet_started', { at: 'soon' })).toEqual([]);
    expect(of('pool_full', { pool: 'db' })).toEqual([]);
    expect(of('upstream_rule')).toEqual([]);
    expect(of('a_reason_of_tomorrow')).toEqual([]);
  });
});

describe('an answer to a question', () => {
  const asked: Question = {
    subject: 'Ship?',
    body: '',
    options: ['Approve', 'Reject'],
    multiple: false,
    defaults: [],
    assignees: [],
    params: { note: '', copies: 3, wide: { value: [1], description: 'how' }, nothing: null },
    until: null
  };

  it('starts with what the task suggests and comes back as it was typed', () => {
    const draft = newAnswer(asked);
    expect(draft.params).toEqual({ note: '', copies: '3', wide: '[1]', nothing: 'null' });
    expect(
      readParams(asked, { ...draft, params: { ...draft.params, note: 'ok', copies: '4' } }, english)
    ).toEqual({ params: { note: 'ok', copies: 4, wide: [1], nothing: null } });
  });

  it('says which value cannot be read', () => {
    const draft = { options: [], params: { note: '', copies: 'many', wide: '[1]', nothing: '' } };
    expect(readParams(asked, draft, english)).toEqual({
      problem: 'copies must be JSON, like 3'
    });
  });

  it('to a question with several answers starts with the defaults', () => {
    const several = { ...asked, multiple: true, defaults: ['Reject'] };
    expect(newAnswer(several).options).toEqual(['Reject']);
  });
});
