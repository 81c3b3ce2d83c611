import { useMemo, useRef, useState } from 'react';
import { PLAIN, parseAnsi, type AnsiSpan, type AnsiStyle } from '../model/ansi';
import type { Translate } from '../model/labels';
import { drawOutput, pageOf } from '../model/outputs';
import type { JsonObject } from '../model/wire';
import { AnsiText } from './AnsiText';

export interface PlainOutputsProps {
  readonly outputs: readonly JsonObject[];
  /** Names them for screen readers. */
  readonly label: string;
  /** Changes with the colours of the page. */
  readonly theme: string;
  readonly trans: Translate;
}

/** The outputs of a cell on a page without a lab: text, pictures, and HTML in a frame where no script runs. */
export function PlainOutputs({ outputs, label, theme, trans }: PlainOutputsProps): JSX.Element {
  return (
    <div
      className="couture-Cell-outputs"
      data-couture="cell-outputs"
      role="group"
      tabIndex={0}
      aria-label={label}
    >
      {outputs.map((output, place) => (
        <div key={place} className="couture-Cell-output">
          <Output output={output} label={label} theme={theme} trans={trans} />
        </div>
      ))}
    </div>
  );
}

type OutputProps = Pick<PlainOutputsProps, 'label' | 'theme' | 'trans'> & {
  readonly output: JsonObject;
};

function Output({ output, label, theme, trans }: OutputProps): JSX.Element {
  const drawn = useMemo(() => drawOutput(output), [output]);
  switch (drawn.type) {
    case 'text':
      return (
        <pre className="couture-Cell-text" data-error={drawn.isError || undefined}>
          <Coloured text={drawn.text} />
        </pre>
      );
    case 'image':
      return <img src={drawn.source} width={drawn.width ?? undefined} alt={label} />;
    case 'html':
      return <Framed key={theme} html={drawn.html} label={label} />;
    case 'other':
      return (
        <p className="couture-faint">
          {trans.__(
            'An output of the type %1 is shown in the notebook only.',
            drawn.mimeTypes.join(', ') || '–'
          )}
        </p>
      );
  }
}

function Coloured({ text }: { readonly text: string }): JSX.Element {
  const spans = useMemo(() => {
    const found: AnsiSpan[] = [];
    let style: AnsiStyle = PLAIN;
    text.split('\n').forEach((line, number) => {
      const parsed = parseAnsi(line, style);
      style = parsed.end;
      found.push(...(number > 0 ? [{ text: '\n', style: PLAIN }] : []), ...parsed.spans);
    });
    return found;
  }, [text]);
  return <AnsiText spans={spans} />;
}

const LEAST_PX = 24;

interface FramedProps {
  readonly html: string;
  readonly label: string;
}

/** As high as what is in it. The frame has the page's colours, as they are when it is drawn. */
function Framed({ html, label }: FramedProps): JSX.Element {
  const frame = useRef<HTMLIFrameElement>(null);
  const [height, setHeight] = useState(LEAST_PX);
  const page = useMemo(() => {
    const body = getComputedStyle(document.body);
    const of = (name: string, otherwise: string): string =>
      body.getPropertyValue(name).trim() || otherwise;
    const look = [
      `color:${of('--jp-content-font-color1', body.color)}`,
      `font:13px ${of('--jp-content-font-family', 'system-ui, sans-serif')}`
    ];
    return pageOf(
      html,
      `body{display:flow-root;margin:0;${look.join(';')}}` +
        'table{border-collapse:collapse}td,th{padding:2px 8px;text-align:right}img{max-width:100%}'
    );
  }, [html]);
  return (
    // Of the same origin only so that its height can be seen: what it holds runs no script.
    <iframe
      ref={frame}
      className="couture-Cell-frame"
      title={label}
      sandbox="allow-same-origin"
      srcDoc={page}
      style={{ height }}
      onLoad={() => {
        const body = frame.current?.contentDocument?.body;
        setHeight(Math.max(LEAST_PX, body?.scrollHeight ?? 0));
      }}
    />
  );
}
