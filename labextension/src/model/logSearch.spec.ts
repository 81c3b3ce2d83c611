import { describe, expect, it } from 'vitest';
import { PLAIN, parseAnsi } from './ansi';
import { EMPTY_WINDOW, appendChunk } from './logBuffer';
import { MOST_MATCHES, byBlock, createLogSearch, markSpans } from './logSearch';

function blocksOf(text: string) {
  const size = text.length;
  return appendChunk(EMPTY_WINDOW, {
    text,
    offset: 0,
    next_offset: size,
    size,
    complete: true
  }).blocks;
}

const everywhere = (): boolean => true;

describe('a search in a log', () => {
  it('finds every place, whatever the case, through colours', () => {
    const blocks = blocksOf('a Needle\n\u001b[32mnee\u001b[0mdle needle\nnone\n');
    const found = createLogSearch('needle')(blocks, everywhere);
    expect(found.map(({ line, start, end }) => [line, start, end])).toEqual([
      [0, 2, 8],
      [1, 0, 6],
      [1, 7, 13]
    ]);
    expect(byBlock(found).get(blocks[0]?.id ?? -1)).toHaveLength(3);
  });

  it('marks the right place after letters that grow when they are made small', () => {
    const blocks = blocksOf('İSTANBUL İzmir needle\n');
    const places = (query: string) =>
      createLogSearch(query)(blocks, everywhere).map(({ start, end }) => [start, end]);
    expect(places('Needle')).toEqual([[15, 21]]);
    expect(places('İ')).toEqual([
      [0, 1],
      [9, 10]
    ]);
  });

  it('passes over lines that are hidden', () => {
    const blocks = blocksOf('needle\nneedle\n');
    const found = createLogSearch('needle')(blocks, (_block, line) => line === 1);
    expect(found.map(match => match.line)).toEqual([1]);
  });

  it('of nothing finds nothing, and of a letter not without end', () => {
    const blocks = blocksOf('x\n'.repeat(MOST_MATCHES + 500));
    expect(createLogSearch('')(blocks, everywhere)).toEqual([]);
    expect(createLogSearch('x')(blocks, everywhere)).toHaveLength(MOST_MATCHES);
  });

  it('marks what it found without losing colours or characters', () => {
    const { spans } = parseAnsi('ab\u001b[31mcdef\u001b[0mgh');
    const marked = markSpans(spans, [
      { start: 1, end: 4 },
      { start: 6, end: 7 }
    ]);
    expect(marked.map(({ text, match }) => [text, match])).toEqual([
      ['a', null],
      ['b', 0],
      ['cd', 0],
      ['ef', null],
      ['g', 1],
      ['h', null]
    ]);
    expect(marked[2]?.style.foreground).toBe(1);
    expect(marked.map(span => span.text).join('')).toBe('abcdefgh');
    expect(markSpans([{ text: 'abc', style: PLAIN }], [])).toEqual([
      { text: 'abc', style: PLAIN, match: null }
    ]);
  });
});
