import { describe, expect, it } from 'vitest';
import { initialConf, isChoices, paramsForm } from './paramsForm';

describe('the form of parameters', () => {
  it('takes types from defaults where no schema says them', () => {
    const form = paramsForm(
      { rows: 10, name: 'x', on: true, tags: ['a'], deep: { a: 1 }, any: null },
      {}
    );
    expect(form.schema).toMatchObject({
      properties: {
        rows: { type: 'number', title: 'rows' },
        name: { type: 'string' },
        on: { type: 'boolean' },
        tags: { type: 'array', items: { type: 'string' } }
      }
    });
    expect([...form.asJson]).toEqual(['deep', 'any']);
  });

  it('keeps what a schema says, without what only we know', () => {
    const form = paramsForm(
      { day: null, kind: 'a', text: '' },
      {
        day: { type: 'string', format: 'date', 'x-required': true },
        kind: { enum: ['a', 'b'], description: 'which' },
        text: { type: ['null', 'string'], format: 'multiline', title: 'Remark' }
      }
    );
    expect(form.required).toEqual(['day']);
    expect(form.schema).toEqual({
      type: 'object',
      required: ['day'],
      properties: {
        day: { title: 'day', type: 'string', format: 'date' },
        kind: { title: 'kind', enum: ['a', 'b'], description: 'which' },
        text: { title: 'Remark', type: ['null', 'string'] }
      }
    });
    expect([...form.multiline]).toEqual(['text']);
    expect(form.asJson.size).toBe(0);
  });

  it('asks for JSON where a field would not do', () => {
    const { asJson } = paramsForm(
      { several: 1, open: {}, rows: [] },
      {
        several: { type: ['string', 'integer'] },
        open: { type: 'object' },
        rows: { type: 'array' }
      }
    );
    expect([...asJson]).toEqual(['several', 'open', 'rows']);
  });

  it('offers boxes to tick for some out of few', () => {
    const some = { type: 'array', uniqueItems: true, items: { type: 'integer', enum: [1, 2] } };
    expect(isChoices(some)).toBe(true);
    expect(isChoices({ ...some, uniqueItems: false })).toBe(false);
    expect(isChoices({ ...some, items: { type: 'integer' } })).toBe(false);
  });

  it('begins with the defaults, and leaves open what has none', () => {
    expect(initialConf({ rows: 10, day: null }, ['day'])).toEqual({ rows: 10 });
  });
});
