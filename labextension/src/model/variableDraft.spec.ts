import { describe, expect, it } from 'vitest';
import { english } from '../testing/builders';
import { isJsonDocument, laidOut } from './jsonLayout';
import { lineDiff } from './lineDiff';
import {
  draftOf,
  draftProblem,
  fileText,
  parseFile,
  patchOf,
  pythonCode,
  templateCode
} from './variableDraft';
import type { Variable } from './wireVariables';

function variable(part: Partial<Variable> = {}): Variable {
  return {
    key: 'limits',
    value: '{"rows":1,"names":["a"]}',
    description: '',
    hidden: false,
    warning: '',
    revision: 'r1',
    ...part
  };
}

describe('JSON set out in lines', () => {
  it('keeps every number and name as it is written', () => {
    const text = '{"a":12345678901234567890.10,"a":[],"b" : {}, "c":[1,{"d e":"x, \\"y\\": {"}]}';
    expect(laidOut(text)).toBe(
      [
        '{',
        '  "a": 12345678901234567890.10,',
        '  "a": [],',
        '  "b": {},',
        '  "c": [',
        '    1,',
        '    {',
        '      "d e": "x, \\"y\\": {"',
        '    }',
        '  ]',
        '}'
      ].join('\n')
    );
    expect(laidOut(laidOut(text))).toBe(laidOut(text));
  });

  it('is for objects and arrays: a number is a text', () => {
    expect(['{}', ' [1]', '{"a":', '12', 'true', '"x"', '{{ ds }}'].map(isJsonDocument)).toEqual([
      true,
      true,
      false,
      false,
      false,
      false,
      false
    ]);
  });
});

describe('what is entered about a variable', () => {
  it('changes nothing by being set out in lines', () => {
    const draft = draftOf(variable());
    expect(draft.text.split('\n')).toHaveLength(6);
    expect(patchOf(variable(), draft)).toEqual({});
    expect(patchOf(variable(), { ...draft, description: 'most' })).toEqual({ description: 'most' });
    expect(patchOf(variable(), { ...draft, text: '{}' })).toEqual({ value: '{}' });
  });

  it('can be left empty where no key opens the value', () => {
    const lost = variable({ value: null });
    expect(patchOf(lost, { ...draftOf(lost), description: 'x' })).toEqual({ description: 'x' });
  });

  it('is refused with the place of the mistake', () => {
    const draft = { key: 'a', text: '{"rows": }', isJson: true, description: '' };
    expect(draftProblem(draft, english)).toContain('Line 1, column 10');
    expect(draftProblem({ ...draft, isJson: false }, english)).toBeNull();
    expect(draftProblem({ ...draft, key: ' ', isJson: false }, english)).toBe('Give it a key.');
    expect(draftProblem({ ...draft, text: '' }, english)).toBe('Enter JSON, or choose Text.');
  });
});

describe('the code that reads a variable', () => {
  it('fits Python and templates, whatever the key', () => {
    expect(pythonCode('a "b"', false)).toBe('Variable.get("a \\"b\\"")');
    expect(pythonCode('limits', true)).toBe('Variable.get("limits", deserialize_json=True)');
    expect(templateCode('region', false)).toBe('{{ var.value.region }}');
    expect(templateCode('limits', true)).toBe('{{ var.json.limits }}');
    expect(templateCode('my-key', false)).toBe('{{ var.value["my-key"] }}');
    expect(templateCode('get', false)).toBe('{{ var.value["get"] }}');
  });
});

describe('a file of variables', () => {
  it('is one object, or is refused in words', () => {
    const problem = (text: string): unknown => parseFile(text, english);
    expect(problem('{"a": {"b": 1}}')).toEqual({ variables: { a: { b: 1 } } });
    expect(problem(' ')).toEqual({ problem: 'The file is empty.' });
    expect(problem('{}')).toEqual({ problem: 'The file names no variable.' });
    expect(problem('[1]')).toMatchObject({
      problem: expect.stringContaining('one object') as string
    });
    expect(problem('{"a" 1}')).toMatchObject({
      problem: expect.stringContaining('Line 1, column 6') as string
    });
  });

  it('is written as the command line writes it', () => {
    expect(fileText({ b: '2', a: { value: '1', description: 'one' } })).toBe(
      '{\n  "a": {\n    "value": "1",\n    "description": "one"\n  },\n  "b": "2"\n}\n'
    );
  });
});

describe('two texts side by side', () => {
  it('differ between what they have in common', () => {
    const [hunk] = lineDiff('a\nb\nc\nz', 'a\nB\nz');
    expect(hunk?.lines.map(({ kind, older, newer }) => [kind, older, newer])).toEqual([
      ['same', 'a', 'a'],
      ['changed', 'b', 'B'],
      ['removed', 'c', null],
      ['same', 'z', 'z']
    ]);
    expect(lineDiff('a', 'a')[0]?.lines).toHaveLength(1);
    expect(lineDiff('', 'a')[0]?.lines).toEqual([{ kind: 'changed', older: '', newer: 'a' }]);
  });
});
