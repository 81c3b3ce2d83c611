import { describe, expect, it } from 'vitest';
import { EMPTY_WINDOW, appendChunk } from './logBuffer';
import { isAtLeast, levelAfter, levelsOf, namedLevel, type LogLevel } from './logLevels';

function windowOf(text: string) {
  const size = text.length;
  return appendChunk(EMPTY_WINDOW, {
    text,
    offset: 0,
    next_offset: size,
    size,
    complete: true
  });
}

describe('the level of a line', () => {
  const said: readonly (readonly [string, LogLevel | null])[] = [
    ['[2026-11-23T02:06:14.853+00:00] {workshop.py:17} INFO - step 34', 'info'],
    ['[2026-11-23T02:06:14.853+00:00] {workshop.py:19} WARNING - the needle', 'warning'],
    ['[2026-11-23, 02:06:14 UTC] {logging_mixin.py:188} ERROR - it broke', 'error'],
    ['WARNING:root:near', 'warning'],
    ['26/11/23 02:06:14 WARN NativeCodeLoader: Unable to load', 'warning'],
    ['26/11/23 02:06:14 TRACE Executor: starting', 'debug'],
    ['DEBUG: details', 'debug'],
    ['CRITICAL disk full', 'error'],
    ['{"level": "error", "msg": "x"}', 'error'],
    ['ts=1 level=warn msg=slow', 'warning'],
    ['error: no such file', 'error'],
    ['[warning] deprecated', 'warning'],
    ['Traceback (most recent call last):', 'error'],
    ['ValueError: no luck', 'error'],
    ['pkg.errors.CustomError: no luck', 'error'],
    ['KeyboardInterrupt', 'error'],
    ['module.py:12: DeprecationWarning: old', 'warning'],
    ['step 3 of the talk', null],
    ['there were no errors', null],
    ['the information is here', null],
    ['ON_ERROR=stop', null],
    ['wrote ERROR_LOG', null],
    ['', null]
  ];

  it.each(said)('of %s is %s', (text, level) => {
    expect(namedLevel(text)).toBe(level);
  });

  it('is that of the line above for what is indented, and plain output otherwise', () => {
    expect(levelAfter('  File "x.py", line 3', 'error')).toBe('error');
    expect(levelAfter('', 'warning')).toBe('warning');
    expect(levelAfter('a print', 'error')).toBe('info');
  });

  it('filters from grave to slight', () => {
    expect(isAtLeast('error', 'warning')).toBe(true);
    expect(isAtLeast('info', 'info')).toBe(true);
    expect(isAtLeast('debug', 'info')).toBe(false);
  });
});

describe('the levels of a log', () => {
  const text = [
    'begin',
    'ERROR - broke',
    'Traceback (most recent call last):',
    '  File "x.py", line 3',
    'ValueError: no',
    'go on',
    'ERROR - again',
    ''
  ].join('\n');

  it('count an error once, with its traceback', () => {
    const window = windowOf(text);
    const found = levelsOf(window.blocks).get(window.blocks[0]?.id ?? -1);
    expect(found?.errors).toEqual([1, 6]);
    expect(found?.levels[3]).toBe('error');
  });

  it('go on from one block to the next', () => {
    const long = `${'x\n'.repeat(199)}ERROR - broke\n  File "x.py"\nok\n`;
    const window = windowOf(long);
    expect(window.blocks).toHaveLength(2);
    expect(levelsOf(window.blocks).get(window.blocks[1]?.id ?? -1)).toEqual({
      levels: ['error', 'info'],
      errors: []
    });
  });

  it('of blocks that did not change are not looked for again', () => {
    const window = windowOf('a\n'.repeat(500));
    const before = levelsOf(window.blocks);
    const more = appendChunk(window, {
      text: 'b\n',
      offset: 1000,
      next_offset: 1002,
      size: 1002,
      complete: true
    });
    const after = levelsOf(more.blocks);
    const first = window.blocks[0]?.id ?? -1;
    expect(after.get(first)).toBe(before.get(first));
  });
});
