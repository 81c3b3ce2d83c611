/** Finding text in the part of a log that is shown. */
import type { AnsiSpan } from './ansi';
import type { LogBlock } from './logBuffer';
import { lineText } from './logLevels';

/** Where something was found: characters `start` to `end` of a line of a block. */
export interface LogMatch {
  readonly block: number;
  readonly line: number;
  readonly start: number;
  readonly end: number;
}

/** More than anybody walks through; a letter found in every line must not fill the memory. */
export const MOST_MATCHES = 10_000;

/** Without case, each character in its place: the small form of `İ` has two characters, and so is left as it is. */
function folded(text: string): string {
  const small = text.toLowerCase();
  return small.length === text.length
    ? small
    : Array.from(text, each => {
        const one = each.toLowerCase();
        return one.length === each.length ? one : each;
      }).join('');
}

function matchesInBlock(block: LogBlock, wanted: string): readonly LogMatch[] {
  const found: LogMatch[] = [];
  block.lines.forEach((line, index) => {
    const text = folded(lineText(line));
    for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + wanted.length)) {
      found.push({ block: block.id, line: index, start: at, end: at + wanted.length });
    }
  });
  return found;
}

/** A search that remembers, for blocks that did not change, what it found. Ignores case. */
export function createLogSearch(
  query: string
): (
  blocks: readonly LogBlock[],
  isShown: (block: number, line: number) => boolean
) => readonly LogMatch[] {
  const wanted = folded(query);
  const known = new WeakMap<LogBlock, readonly LogMatch[]>();
  return (blocks, isShown) => {
    const found: LogMatch[] = [];
    if (wanted === '') {
      return found;
    }
    for (const block of blocks) {
      const inBlock = known.get(block) ?? matchesInBlock(block, wanted);
      known.set(block, inBlock);
      for (const match of inBlock) {
        if (found.length >= MOST_MATCHES) {
          return found;
        }
        if (isShown(match.block, match.line)) {
          found.push(match);
        }
      }
    }
    return found;
  };
}

/** The matches of every block by id. */
export function byBlock(matches: readonly LogMatch[]): ReadonlyMap<number, readonly LogMatch[]> {
  const found = new Map<number, LogMatch[]>();
  for (const match of matches) {
    const list = found.get(match.block);
    if (list) {
      list.push(match);
    } else {
      found.set(match.block, [match]);
    }
  }
  return found;
}

export interface MarkedSpan extends AnsiSpan {
  /** Index of the match this part belongs to, among those of the line; null: none. */
  readonly match: number | null;
}

/** The spans of a line cut where matches begin and end. Matches are in order and do not overlap. */
export function markSpans(
  spans: readonly AnsiSpan[],
  matches: readonly { readonly start: number; readonly end: number }[]
): readonly MarkedSpan[] {
  const marked: MarkedSpan[] = [];
  let position = 0;
  let next = 0;
  for (const span of spans) {
    let rest = span.text;
    while (rest !== '') {
      const match = matches[next];
      const isInside = match !== undefined && position >= match.start;
      const border = match === undefined ? Infinity : isInside ? match.end : match.start;
      const part = rest.slice(0, border - position);
      marked.push({ text: part, style: span.style, match: isInside ? next : null });
      rest = rest.slice(part.length);
      position += part.length;
      if (match !== undefined && position >= match.end) {
        next += 1;
      }
    }
  }
  return marked;
}
