/** What a reader looks for in a log: a text, lines of a level, errors. Belongs to one log view. */
import { useCallback, useMemo, useState } from 'react';
import type { LogBlock } from '../model/logBuffer';
import { isAtLeast, levelsOf, lineText, type BlockLevels, type LogLevel } from '../model/logLevels';
import { byBlock, createLogSearch, type LogMatch } from '../model/logSearch';

export interface LogFinder {
  readonly isOpen: boolean;
  readonly query: string;
  readonly least: LogLevel;
  readonly levels: ReadonlyMap<number, BlockLevels>;
  readonly matches: ReadonlyMap<number, readonly LogMatch[]>;
  /** The match or the error jumped to last; null: the reader has not jumped. */
  readonly current: LogMatch | null;
  /** Position of `current` among the matches, -1 if it is none. */
  readonly at: number;
  readonly total: number;
  readonly errors: number;
  /** There are lines, and the level hides all of them. */
  readonly isEmpty: boolean;
  open(): void;
  close(): void;
  setQuery(query: string): void;
  setLeast(least: LogLevel): void;
  step(by: 1 | -1): void;
  jumpToError(which: 'first' | 'next'): void;
  /** The lines that are shown, as text. */
  text(): string;
}

function sameLine(one: LogMatch, other: LogMatch | null): boolean {
  return one.block === other?.block && one.line === other.line;
}

export function useLogFinder(blocks: readonly LogBlock[]): LogFinder {
  const [isOpen, setIsOpen] = useState(false);
  const [query, setText] = useState('');
  const [least, setLeast] = useState<LogLevel>('debug');
  const [current, setCurrent] = useState<LogMatch | null>(null);
  const levels = useMemo(() => levelsOf(blocks), [blocks]);
  const isShown = useCallback(
    (block: number, line: number) => isAtLeast(levels.get(block)?.levels[line] ?? 'info', least),
    [levels, least]
  );
  const wanted = isOpen ? query : '';
  const search = useMemo(() => createLogSearch(wanted), [wanted]);
  const found = useMemo(() => search(blocks, isShown), [search, blocks, isShown]);
  const matches = useMemo(() => byBlock(found), [found]);
  const errors = useMemo(
    () =>
      blocks.flatMap(({ id }) =>
        (levels.get(id)?.errors ?? []).map(line => ({ block: id, line, start: 0, end: 0 }))
      ),
    [blocks, levels]
  );
  const at = found.findIndex(
    match => current !== null && sameLine(match, current) && match.start === current.start
  );
  return {
    isOpen,
    query,
    least,
    levels,
    matches,
    current,
    at,
    total: found.length,
    errors: errors.length,
    isEmpty: useMemo(
      () =>
        blocks.length > 0 &&
        !blocks.some(block => block.lines.some((_line, index) => isShown(block.id, index))),
      [blocks, isShown]
    ),
    open: () => setIsOpen(true),
    close: () => {
      setIsOpen(false);
      setCurrent(null);
    },
    setQuery: next => {
      setText(next);
      setCurrent(createLogSearch(next)(blocks, isShown)[0] ?? null);
    },
    setLeast,
    step: by => {
      const from = at < 0 && by < 0 ? 0 : at;
      setCurrent(found[(from + by + found.length) % found.length] ?? null);
    },
    jumpToError: which => {
      const position = errors.findIndex(error => sameLine(error, current));
      const next = which === 'first' ? 0 : (position + 1) % errors.length;
      setCurrent(errors[next] ? { ...errors[next] } : null);
    },
    text: () =>
      blocks
        .flatMap(block =>
          block.lines.filter((_line, index) => isShown(block.id, index)).map(lineText)
        )
        .join('\n')
  };
}
