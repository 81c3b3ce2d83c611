import { describe, expect, it } from 'vitest';
import { jsonProblem } from './jsonProblem';

function where(text: string): string | null {
  const found = jsonProblem(text);
  return found && `${found.fault} ${found.line}:${found.column}`;
}

describe('the place where a text stops being JSON', () => {
  it('is none in JSON', () => {
    for (const text of ['{}', ' [1, -2.5e3, "a\\u00e9\\n", {"b": [null, true, false]}] ', '""']) {
      expect(JSON.parse(text)).toBeDefined();
      expect(where(text)).toBeNull();
    }
  });

  it.each([
    ['{\n  "rows": 5\n  "name": "x"\n}', 'comma-or-end 3:3'],
    ['{\n  "rows": 5,\n}', 'name 3:1'],
    ["{'rows': 5}", 'name 1:2'],
    ['{"rows" 5}', 'colon 1:9'],
    ['{"rows": five}', 'value 1:10'],
    ['{"rows": 05}', 'comma-or-end 1:11'],
    ['{"rows": "a\nb"}', 'quote 1:10'],
    ['{"rows": "\\x"}', 'escape 1:12'],
    ['{"rows": 5', 'more 1:11'],
    ['', 'more 1:1'],
    ['{} {}', 'nothing-after 1:4']
  ])('of %j is %s', (text, expected) => {
    expect(() => JSON.parse(text)).toThrow();
    expect(where(text)).toBe(expected);
  });

  it('comes with the line it stands in', () => {
    expect(jsonProblem('{\n  "rows": x\n}')?.text).toBe('  "rows": x');
  });
});
