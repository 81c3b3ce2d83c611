import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { Widget } from '@lumino/widgets';
import { useLayoutEffect, useRef } from 'react';

const MARKDOWN = 'text/markdown';

export interface MarkdownTextProps {
  readonly text: string;
  readonly rendermime: IRenderMimeRegistry;
}

/** Whether the lab can set Markdown. */
export function hasMarkdown(rendermime: IRenderMimeRegistry): boolean {
  return rendermime.mimeTypes.includes(MARKDOWN);
}

/** Markdown as the lab's own renderer sets what nobody trusts: sanitised, without scripts. */
export function MarkdownText({ text, rendermime }: MarkdownTextProps): JSX.Element {
  const host = useRef<HTMLDivElement>(null);
  // Before the page lets go of the host: a widget of the lab cannot be detached from nowhere.
  useLayoutEffect(() => {
    if (!host.current) {
      return undefined;
    }
    const renderer = rendermime.createRenderer(MARKDOWN);
    Widget.attach(renderer, host.current);
    const model = rendermime.createModel({ data: { [MARKDOWN]: text }, trusted: false });
    renderer.renderModel(model).catch((error: unknown) => {
      renderer.node.textContent = text;
      console.warn('The documentation of the DAG could not be set.', error);
    });
    return () => renderer.dispose();
  }, [text, rendermime]);
  return <div ref={host} className="couture-Doc" data-couture="dag-doc" />;
}
