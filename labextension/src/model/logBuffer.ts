/**
 * The part of a log that is on screen: a window of bounded size over a file of any size.
 *
 * Lines are kept in blocks; a block that did not change keeps its identity, so appending to a long log
 * redraws one block. When the window is full the far end is dropped. Byte positions of dropped lines are
 * counted from their text, which is exact unless the file holds bytes that are not UTF-8.
 */
import { PLAIN, parseAnsi, type AnsiSpan, type AnsiStyle } from './ansi';
import type { LogChunk } from './wire';

export interface LogLine {
  readonly raw: string;
  readonly spans: readonly AnsiSpan[];
  readonly end: AnsiStyle;
  /** Characters left out of `spans` because the line is huge. */
  readonly hidden: number;
}

export interface LogBlock {
  readonly id: number;
  readonly lines: readonly LogLine[];
}

export interface LogWindow {
  readonly blocks: readonly LogBlock[];
  /** Byte positions of the window in the file. */
  readonly start: number;
  readonly end: number;
  readonly size: number;
  /** Nothing more will be written to the file. */
  readonly complete: boolean;
  /** The last line has no line end yet and may grow. */
  readonly openLine: boolean;
}

export const BLOCK_LINES = 200;
export const MAX_BLOCKS = 60;
/** Lines may be long: the window is bounded in bytes, too. */
export const MAX_BYTES = 8 * 1024 * 1024;
export const MAX_LINE_CHARACTERS = 8000;

export const EMPTY_WINDOW: LogWindow = {
  blocks: [],
  start: 0,
  end: 0,
  size: 0,
  complete: false,
  openLine: false
};

let lastBlockId = 0;

function nextBlockId(): number {
  lastBlockId += 1;
  return lastBlockId;
}

/** Length in bytes of a string encoded as UTF-8. */
export function utf8Length(text: string): number {
  let bytes = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code < 0x80) {
      bytes += 1;
    } else if (code < 0x800) {
      bytes += 2;
    } else if (code >= 0xd800 && code < 0xdc00) {
      bytes += 4;
      at += 1;
    } else {
      bytes += 3;
    }
  }
  return bytes;
}

function makeLine(raw: string, start: AnsiStyle): LogLine {
  const hidden = Math.max(0, raw.length - MAX_LINE_CHARACTERS);
  const shown = hidden > 0 ? raw.slice(0, MAX_LINE_CHARACTERS) : raw;
  const { spans, end } = parseAnsi(shown, start);
  return { raw, spans, end, hidden };
}

function makeLines(texts: readonly string[], start: AnsiStyle): LogLine[] {
  let style = start;
  return texts.map(raw => {
    const line = makeLine(raw, style);
    style = line.end;
    return line;
  });
}

function toBlocks(lines: readonly LogLine[]): LogBlock[] {
  const blocks: LogBlock[] = [];
  for (let at = 0; at < lines.length; at += BLOCK_LINES) {
    blocks.push({ id: nextBlockId(), lines: lines.slice(at, at + BLOCK_LINES) });
  }
  return blocks;
}

function blockBytes(block: LogBlock): number {
  return block.lines.reduce((sum, line) => sum + utf8Length(line.raw) + 1, 0);
}

/** Text that ends in a line end gives no empty last line. */
function splitLines(text: string): { readonly texts: readonly string[]; readonly open: boolean } {
  const texts = text.split('\n');
  const open = texts[texts.length - 1] !== '';
  return { texts: open ? texts : texts.slice(0, -1), open };
}

/** The window after a chunk that follows it. Anything already known is ignored. */
export function appendChunk(window: LogWindow, chunk: LogChunk): LogWindow {
  const facts = { size: chunk.size, complete: chunk.complete };
  const isFirst = window.blocks.length === 0;
  if (chunk.text === '' || (!isFirst && chunk.offset !== window.end)) {
    return isFirst && chunk.text === ''
      ? { ...window, ...facts, start: chunk.offset, end: chunk.next_offset }
      : { ...window, ...facts };
  }
  const { texts, open } = splitLines(chunk.text);
  const kept = [...window.blocks];
  const tail = kept.pop();
  const known = tail ? [...tail.lines] : [];
  const openLine = window.openLine ? known.pop() : undefined;
  const style = known[known.length - 1]?.end ?? kept[kept.length - 1]?.lines.at(-1)?.end ?? PLAIN;
  const joined = openLine ? [openLine.raw + (texts[0] ?? ''), ...texts.slice(1)] : texts;
  const lines = [...known, ...makeLines(joined, style)];
  const head: LogBlock[] = tail ? [{ id: tail.id, lines: lines.slice(0, BLOCK_LINES) }] : [];
  const blocks = [...kept, ...head, ...toBlocks(tail ? lines.slice(BLOCK_LINES) : lines)];
  return dropHead({
    ...facts,
    blocks,
    start: isFirst ? chunk.offset : window.start,
    end: chunk.next_offset,
    openLine: open
  });
}

/** The window after a chunk that ends where it starts. */
export function prependChunk(window: LogWindow, chunk: LogChunk): LogWindow {
  if (chunk.next_offset !== window.start || chunk.text === '') {
    return window;
  }
  const { texts, open } = splitLines(chunk.text);
  const [first, ...others] = window.blocks;
  const firstLine = first?.lines[0];
  const joins = open && first !== undefined && firstLine !== undefined;
  const joined = joins ? [...texts.slice(0, -1), (texts.at(-1) ?? '') + firstLine.raw] : texts;
  const rest = first ? first.lines.slice(joins ? 1 : 0) : [];
  const restBlock = first && rest.length > 0 ? [{ id: first.id, lines: rest }] : [];
  return dropTail({
    ...window,
    blocks: [...toBlocks(makeLines(joined, PLAIN)), ...restBlock, ...others],
    start: chunk.offset
  });
}

function dropHead(window: LogWindow): LogWindow {
  let { blocks, start } = window;
  while (blocks.length > MAX_BLOCKS || (blocks.length > 1 && window.end - start > MAX_BYTES)) {
    start += blocks[0] ? blockBytes(blocks[0]) : 0;
    blocks = blocks.slice(1);
  }
  return blocks === window.blocks ? window : { ...window, blocks, start };
}

function dropTail(window: LogWindow): LogWindow {
  let { blocks, end } = window;
  while (blocks.length > MAX_BLOCKS || (blocks.length > 1 && end - window.start > MAX_BYTES)) {
    const last = blocks[blocks.length - 1];
    const isOpen = window.openLine && blocks.length === window.blocks.length;
    end -= (last ? blockBytes(last) : 0) - (isOpen ? 1 : 0);
    blocks = blocks.slice(0, -1);
  }
  return blocks === window.blocks ? window : { ...window, blocks, end, openLine: false };
}
