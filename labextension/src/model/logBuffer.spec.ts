import { describe, expect, it } from 'vitest';
import {
  BLOCK_LINES,
  EMPTY_WINDOW,
  MAX_BLOCKS,
  MAX_BYTES,
  MAX_LINE_CHARACTERS,
  appendChunk,
  prependChunk,
  utf8Length,
  type LogWindow
} from './logBuffer';
import type { LogChunk } from './wire';

function chunk(offset: number, text: string, size = offset + utf8Length(text)): LogChunk {
  return { text, offset, next_offset: offset + utf8Length(text), size, complete: false };
}

function lines(window: LogWindow): readonly string[] {
  return window.blocks.flatMap(block => block.lines.map(line => line.raw));
}

describe('the window on a log', () => {
  it('joins a line that comes in two pieces', () => {
    const window = [chunk(0, 'one\ntw'), chunk(6, 'o\nthree')].reduce(appendChunk, EMPTY_WINDOW);
    expect(lines(window)).toEqual(['one', 'two', 'three']);
    expect(window).toMatchObject({ start: 0, end: 13, openLine: true });
  });

  it('ignores a chunk it has already, or that leaves a gap', () => {
    const window = appendChunk(EMPTY_WINDOW, chunk(0, 'one\n'));
    expect(lines(appendChunk(window, chunk(0, 'one\n')))).toEqual(['one']);
    expect(lines(appendChunk(window, chunk(10, 'later\n')))).toEqual(['one']);
  });

  it('leaves full blocks alone when lines are added', () => {
    const text = 'x\n'.repeat(BLOCK_LINES + 5);
    const before = appendChunk(EMPTY_WINDOW, chunk(0, text));
    const after = appendChunk(before, chunk(before.end, 'more\n'));
    expect(after.blocks[0]?.id).toBe(before.blocks[0]?.id);
    expect(after.blocks[0]).toBe(before.blocks[0]);
    expect(lines(after)).toHaveLength(BLOCK_LINES + 6);
  });

  it('stays bounded however long the log is, and counts what it dropped in bytes', () => {
    const part = 'größe\n'.repeat(BLOCK_LINES * 10);
    let window = EMPTY_WINDOW;
    for (let round = 0; round < 12; round += 1) {
      window = appendChunk(window, chunk(window.end, part));
    }
    expect(window.blocks.length).toBeLessThanOrEqual(MAX_BLOCKS);
    expect(window.end - window.start).toBe(utf8Length('größe\n') * lines(window).length);
  });

  it('stays bounded in bytes where lines are long', () => {
    const line = `${'w'.repeat(20_000)}\n`;
    let window = EMPTY_WINDOW;
    for (let round = 0; round < 40; round += 1) {
      window = appendChunk(window, chunk(window.end, line.repeat(25)));
    }
    expect(window.end - window.start).toBeLessThanOrEqual(MAX_BYTES);
    expect(window.end - window.start).toBe(line.length * lines(window).length);
    const step = line.repeat(2 * BLOCK_LINES);
    const back = prependChunk(window, chunk(window.start - step.length, step));
    expect(back.start).toBe(window.start - step.length);
    expect(back.end - back.start).toBeLessThanOrEqual(MAX_BYTES);
    expect(back.end - back.start).toBe(line.length * lines(back).length);
  });

  it('reads back over a line that was cut', () => {
    const tail = appendChunk(EMPTY_WINDOW, chunk(6, 'o\nthree\n', 14));
    const window = prependChunk(tail, { ...chunk(0, 'one\ntw', 14), next_offset: 6 });
    expect(lines(window)).toEqual(['one', 'two', 'three']);
    expect(window.start).toBe(0);
  });

  it('drops the end when reading back fills it', () => {
    const step = 'y\n'.repeat(BLOCK_LINES * MAX_BLOCKS);
    const tail = appendChunk(EMPTY_WINDOW, chunk(step.length, 'end\n'));
    const window = prependChunk(tail, chunk(0, step));
    expect(window.end).toBe(step.length);
    expect(window.blocks).toHaveLength(MAX_BLOCKS);
  });

  it('cuts a huge line and says how much is hidden', () => {
    const window = appendChunk(EMPTY_WINDOW, chunk(0, 'z'.repeat(MAX_LINE_CHARACTERS + 10)));
    expect(window.blocks[0]?.lines[0]).toMatchObject({ hidden: 10 });
  });

  it('counts bytes as UTF-8 does', () => {
    for (const text of ['abc', 'größe', '€', '😀x']) {
      expect(utf8Length(text)).toBe(new TextEncoder().encode(text).length);
    }
  });
});
