/**
 * Text with ANSI escape sequences as styled spans.
 *
 * Only colours and weights are kept; every other sequence (cursor moves, titles, links) is dropped. The
 * result is data for React text nodes, so nothing a task prints can become markup.
 */

export interface AnsiStyle {
  readonly bold: boolean;
  readonly dim: boolean;
  readonly italic: boolean;
  readonly underline: boolean;
  readonly inverse: boolean;
  /** 0 to 15 is the theme's palette; `#rrggbb` a colour the task chose itself. */
  readonly foreground: number | string | null;
  readonly background: number | string | null;
}

export interface AnsiSpan {
  readonly text: string;
  readonly style: AnsiStyle;
}

export interface AnsiLine {
  readonly spans: readonly AnsiSpan[];
  /** Style in force after the line, where the next line begins. */
  readonly end: AnsiStyle;
}

export const PLAIN: AnsiStyle = {
  bold: false,
  dim: false,
  italic: false,
  underline: false,
  inverse: false,
  foreground: null,
  background: null
};

/* eslint-disable no-control-regex */
// CSI sequences, OSC sequences up to BEL or ST, other two-character escapes, a lone escape at the end.
const ESCAPE =
  /\u001b(?:\[([0-?]*)[ -/]*([@-~]|$)|\][^\u0007\u001b]*(?:\u0007|\u001b\\|$)|[@-Z\\-_]|$)/g;
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g;
/* eslint-enable no-control-regex */

function hex(value: number): string {
  return Math.min(255, Math.max(0, value)).toString(16).padStart(2, '0');
}

/** The xterm palette beyond the sixteen theme colours: a 6x6x6 cube, then greys. */
function extendedColour(index: number): number | string | null {
  if (!Number.isInteger(index) || index < 0 || index > 255) {
    return null;
  }
  if (index < 16) {
    return index;
  }
  if (index >= 232) {
    const grey = hex(8 + (index - 232) * 10);
    return `#${grey}${grey}${grey}`;
  }
  const level = (part: number): string => hex(part === 0 ? 0 : 55 + part * 40);
  const cube = index - 16;
  return `#${level(Math.floor(cube / 36))}${level(Math.floor(cube / 6) % 6)}${level(cube % 6)}`;
}

/** Longer sequences are no terminal's; a log may hold anything. */
const MOST_CODES = 32;

/** The colour chosen by the numbers after a 38 or 48, and how many of them say so. */
function chosenColour(
  codes: readonly number[],
  at: number
): readonly [number | string | null, number] {
  switch (codes[at]) {
    case 5:
      return [extendedColour(codes[at + 1] ?? -1), 2];
    case 2: {
      const [red = 0, green = 0, blue = 0] = codes.slice(at + 1, at + 4);
      return [`#${hex(red)}${hex(green)}${hex(blue)}`, 4];
    }
    default:
      return [null, 1];
  }
}

/** The style after the numbers of one `ESC [ ... m`. */
function applyCodes(style: AnsiStyle, codes: readonly number[]): AnsiStyle {
  let after = style;
  for (let at = 0; at < codes.length; at += 1) {
    const code = codes[at] ?? 0;
    if (code === 38 || code === 48) {
      const [colour, length] = chosenColour(codes, at + 1);
      after = { ...after, [code === 38 ? 'foreground' : 'background']: colour };
      at += length;
    } else {
      after = { ...after, ...simpleCode(code) };
    }
  }
  return after;
}

function simpleCode(code: number): Partial<AnsiStyle> {
  switch (code) {
    case 0:
      return PLAIN;
    case 1:
      return { bold: true };
    case 2:
      return { dim: true };
    case 3:
      return { italic: true };
    case 4:
      return { underline: true };
    case 7:
      return { inverse: true };
    case 22:
      return { bold: false, dim: false };
    case 23:
      return { italic: false };
    case 24:
      return { underline: false };
    case 27:
      return { inverse: false };
    case 39:
      return { foreground: null };
    case 49:
      return { background: null };
  }
  if (code >= 30 && code <= 37) {
    return { foreground: code - 30 };
  }
  if (code >= 40 && code <= 47) {
    return { background: code - 40 };
  }
  if (code >= 90 && code <= 97) {
    return { foreground: code - 90 + 8 };
  }
  if (code >= 100 && code <= 107) {
    return { background: code - 100 + 8 };
  }
  return {};
}

/** What a terminal shows of a line that was rewritten with carriage returns: its last version. */
export function lastVersion(line: string): string {
  const trimmed = line.endsWith('\r') ? line.slice(0, -1) : line;
  return trimmed.slice(trimmed.lastIndexOf('\r') + 1);
}

/** One line of a log as spans; `start` is the style the line before ended with. */
export function parseAnsi(line: string, start: AnsiStyle = PLAIN): AnsiLine {
  const text = lastVersion(line);
  if (!text.includes('\u001b')) {
    const clean = text.replace(CONTROL, '');
    return { spans: clean ? [{ text: clean, style: start }] : [], end: start };
  }
  const spans: AnsiSpan[] = [];
  let style = start;
  let from = 0;
  const push = (to: number): void => {
    const clean = text.slice(from, to).replace(CONTROL, '');
    if (clean) {
      spans.push({ text: clean, style });
    }
  };
  for (const match of text.matchAll(ESCAPE)) {
    push(match.index);
    from = match.index + match[0].length;
    if (match[2] === 'm') {
      const codes = (match[1] ?? '').split(/[;:]/, MOST_CODES).map(part => Number(part) || 0);
      style = applyCodes(style, codes);
    }
  }
  push(text.length);
  return { spans, end: style };
}
