import { describe, expect, it } from 'vitest';
import { PLAIN, lastVersion, parseAnsi } from './ansi';

const ESC = '\u001b';

function texts(line: string): readonly string[] {
  return parseAnsi(line).spans.map(span => span.text);
}

describe('ANSI text', () => {
  it('without sequences is one plain span', () => {
    expect(parseAnsi('hello <b>&amp;</b>')).toEqual({
      spans: [{ text: 'hello <b>&amp;</b>', style: PLAIN }],
      end: PLAIN
    });
  });

  it('keeps colours and weights', () => {
    const { spans, end } = parseAnsi(`${ESC}[1;31mbad${ESC}[0m good`);
    expect(spans[0]).toMatchObject({ text: 'bad', style: { bold: true, foreground: 1 } });
    expect(spans[1]).toEqual({ text: ' good', style: PLAIN });
    expect(end).toEqual(PLAIN);
  });

  it('is not held up by a sequence no terminal would send', () => {
    const line = `${ESC}[${';'.repeat(200_000)}31mtext${ESC}[1mbold`;
    const { spans } = parseAnsi(line);
    expect(spans.map(span => span.text)).toEqual(['text', 'bold']);
    expect(spans[1]?.style.bold).toBe(true);
  });

  it('knows bright, indexed and true colours', () => {
    const foreground = (codes: string) => parseAnsi(`${ESC}[${codes}mx`).spans[0]?.style.foreground;
    expect(foreground('92')).toBe(10);
    expect(foreground('38;5;9')).toBe(9);
    expect(foreground('38;5;196')).toBe('#ff0000');
    expect(foreground('38;5;244')).toBe('#808080');
    expect(foreground('38;2;1;2;300')).toBe('#0102ff');
    expect(foreground('38;5;999')).toBeNull();
  });

  it('carries the style into the next line', () => {
    const first = parseAnsi(`${ESC}[33mone`);
    expect(parseAnsi('two', first.end).spans[0]?.style.foreground).toBe(3);
  });

  it('drops cursor moves, titles, links and control characters', () => {
    expect(
      texts(`a${ESC}[2Kb${ESC}]0;title\u0007c${ESC}]8;;http://x${ESC}\\d\u0000e`).join('')
    ).toBe('abcde');
    expect(texts(`cut off ${ESC}[`).join('')).not.toContain(ESC);
    expect(texts(`cut off ${ESC}`).join('')).toBe('cut off ');
  });

  it('shows the last version of a line rewritten with carriage returns', () => {
    expect(lastVersion('10%\r50%\r100%')).toBe('100%');
    expect(lastVersion('windows\r')).toBe('windows');
  });
});
