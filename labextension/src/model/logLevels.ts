/**
 * How grave each line of a log is, told from its text.
 *
 * Logs of tasks have no common form: Python's logging, Airflow's, Spark's log4j, plain prints. A line is of the
 * level it names near its beginning. Indented lines go with the line above, so that a traceback stays whole; other
 * lines that name no level are plain output, which counts as INFO.
 */
import type { LogBlock, LogLine } from './logBuffer';

export const LOG_LEVELS = ['debug', 'info', 'warning', 'error'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Characters of a line that are looked at: a level stands near the beginning. */
const LOOKED_AT = 200;

const WORDS: Readonly<Record<string, LogLevel>> = {
  TRACE: 'debug',
  DEBUG: 'debug',
  INFO: 'info',
  NOTICE: 'info',
  WARN: 'warning',
  WARNING: 'warning',
  ERROR: 'error',
  SEVERE: 'error',
  CRITICAL: 'error',
  FATAL: 'error'
};

const ALL = Object.keys(WORDS).join('|');
/** In capitals anywhere near the beginning, as loggers write it. */
const IN_CAPITALS = new RegExp(`(?<![\\w-])(${ALL})(?![\\w=-])`);
/** In small letters where it can be nothing else: `error: ...`, `[warning]`, `level=info`, `"level": "debug"`. */
const LABELLED = new RegExp(
  `^\\s*\\[?(${ALL})\\b\\]?\\s*:|\\[(${ALL})\\]|\\blevel["']?\\s*[=:]\\s*["']?(${ALL})\\b`,
  'i'
);
const WARNING_CLASS = /^(?:\S+:\d+: )?[A-Z]\w*Warning: /;
const EXCEPTION =
  /^(?:Traceback \(most recent call last\)|[\w.]*(?:Error|Exception|Interrupt|Exit)(?::|$))/;

/** The level that a line names itself; null if it names none. */
export function namedLevel(text: string): LogLevel | null {
  const start = text.slice(0, LOOKED_AT);
  if (EXCEPTION.test(start)) {
    return 'error';
  }
  if (WARNING_CLASS.test(start)) {
    return 'warning';
  }
  const labelled = LABELLED.exec(start);
  const word = IN_CAPITALS.exec(start)?.[1] ?? labelled?.[1] ?? labelled?.[2] ?? labelled?.[3];
  return word === undefined ? null : (WORDS[word.toUpperCase()] ?? null);
}

/** The level of a line after one of level `before`. */
export function levelAfter(text: string, before: LogLevel): LogLevel {
  const named = namedLevel(text);
  if (named !== null) {
    return named;
  }
  return /^\s/.test(text) || text === '' ? before : 'info';
}

export function isAtLeast(level: LogLevel, least: LogLevel): boolean {
  return LOG_LEVELS.indexOf(level) >= LOG_LEVELS.indexOf(least);
}

/** What a reader sees of a line, without colours. */
export function lineText(line: LogLine): string {
  return line.spans.map(span => span.text).join('');
}

/** The levels of a block's lines. */
export interface BlockLevels {
  readonly levels: readonly LogLevel[];
  /** Lines at which an error begins, by index; the rest of its traceback is not counted again. */
  readonly errors: readonly number[];
}

const known = new WeakMap<LogBlock, { readonly before: LogLevel; readonly found: BlockLevels }>();

/** Levels of all lines. A block that did not change is not looked at again. */
export function levelsOf(blocks: readonly LogBlock[]): ReadonlyMap<number, BlockLevels> {
  const byBlock = new Map<number, BlockLevels>();
  let before: LogLevel = 'info';
  for (const block of blocks) {
    const remembered = known.get(block);
    const found: BlockLevels =
      remembered && remembered.before === before ? remembered.found : blockLevels(block, before);
    known.set(block, { before, found });
    byBlock.set(block.id, found);
    before = found.levels.at(-1) ?? before;
  }
  return byBlock;
}

function blockLevels(block: LogBlock, start: LogLevel): BlockLevels {
  const levels: LogLevel[] = [];
  const errors: number[] = [];
  let before = start;
  block.lines.forEach((line, index) => {
    const level = levelAfter(lineText(line), before);
    if (level === 'error' && before !== 'error') {
      errors.push(index);
    }
    levels.push(level);
    before = level;
  });
  return { levels, errors };
}
