/** The lines of a log, in blocks that are drawn anew only when they change. */
import { memo } from 'react';
import type { Translate } from '../model/labels';
import type { LogBlock, LogLine } from '../model/logBuffer';
import { isAtLeast, type BlockLevels, type LogLevel } from '../model/logLevels';
import { markSpans, type LogMatch } from '../model/logSearch';
import { AnsiText } from './AnsiText';

const LINE_PX = 17;
const NO_MATCHES: readonly LogMatch[] = [];

export interface LogLinesProps {
  readonly block: LogBlock;
  readonly levels: BlockLevels | undefined;
  readonly least: LogLevel;
  readonly matches: readonly LogMatch[] | undefined;
  /** The match, or the line, the reader has jumped to, if it is in this block. */
  readonly current: LogMatch | null;
  readonly trans: Translate;
}

export const LogLines = memo(function LogLines(props: LogLinesProps): JSX.Element {
  const { block, levels, least, matches = NO_MATCHES, current, trans } = props;
  const shown = block.lines
    .map((line, index) => ({ line, index, level: levels?.levels[index] ?? 'info' }))
    .filter(({ level }) => isAtLeast(level, least));
  return (
    <pre
      className="couture-Log-block"
      data-block={block.id}
      style={{ containIntrinsicHeight: `auto ${shown.length * LINE_PX}px` }}
    >
      {shown.map(({ line, index, level }) => (
        <Line
          key={index}
          line={line}
          index={index}
          level={level}
          matches={matches.length === 0 ? NO_MATCHES : matchesOf(matches, index)}
          current={current?.line === index ? current : null}
          trans={trans}
        />
      ))}
    </pre>
  );
});

function matchesOf(matches: readonly LogMatch[], line: number): readonly LogMatch[] {
  const found = matches.filter(match => match.line === line);
  return found.length === 0 ? NO_MATCHES : found;
}

function isSame(match: LogMatch | undefined, current: LogMatch | null): boolean {
  return match?.start === current?.start && match?.end === current?.end;
}

interface LineProps {
  readonly line: LogLine;
  readonly index: number;
  readonly level: LogLevel;
  readonly matches: readonly LogMatch[];
  readonly current: LogMatch | null;
  readonly trans: Translate;
}

const Line = memo(function Line(props: LineProps): JSX.Element {
  const { line, index, level, matches, current, trans } = props;
  return (
    <div
      className="couture-Log-line"
      data-line={index}
      data-level={level}
      data-current={current !== null || undefined}
    >
      {matches.length === 0 ? (
        <AnsiText spans={line.spans} />
      ) : (
        markSpans(line.spans, matches).map((span, at) =>
          span.match === null ? (
            <AnsiText key={at} spans={[span]} />
          ) : (
            <mark key={at} data-current={isSame(matches[span.match], current) || undefined}>
              {span.text}
            </mark>
          )
        )
      )}
      {line.hidden > 0 && (
        <span className="couture-faint">
          {trans.__(' … %1 more characters; the download has them', line.hidden)}
        </span>
      )}
      {'\n'}
    </div>
  );
});
