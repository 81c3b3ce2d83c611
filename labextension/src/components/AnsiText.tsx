import { memo, type CSSProperties } from 'react';
import { PLAIN, type AnsiSpan, type AnsiStyle } from '../model/ansi';

function colour(value: number | string | null, otherwise: string): string {
  return value === null
    ? otherwise
    : typeof value === 'number'
      ? `var(--couture-ansi-${value})`
      : value;
}

function toCss(style: AnsiStyle): CSSProperties {
  const front = style.inverse ? style.background : style.foreground;
  const back = style.inverse ? style.foreground : style.background;
  return {
    ...(front === null && !style.inverse
      ? {}
      : { color: colour(front, 'var(--couture-log-background)') }),
    ...(back === null && !style.inverse
      ? {}
      : { backgroundColor: colour(back, 'var(--couture-log-text)') }),
    ...(style.bold ? { fontWeight: 600 } : {}),
    ...(style.dim ? { opacity: 0.7 } : {}),
    ...(style.italic ? { fontStyle: 'italic' } : {}),
    ...(style.underline ? { textDecoration: 'underline' } : {})
  };
}

/** Coloured text; always text nodes, never markup. */
export const AnsiText = memo(function AnsiText({
  spans
}: {
  readonly spans: readonly AnsiSpan[];
}): JSX.Element {
  return (
    <>
      {spans.map((span, index) =>
        span.style === PLAIN ? (
          span.text
        ) : (
          <span key={index} style={toCss(span.style)}>
            {span.text}
          </span>
        )
      )}
    </>
  );
});
