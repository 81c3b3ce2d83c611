import type { IDisposable } from '@lumino/disposable';
import { useEffect, useMemo, useRef } from 'react';
import type { Translate } from '../model/labels';
import type { Source } from '../model/wire';

/** Puts the lab's own editor, read only, into an element. */
export type MountEditor = (host: HTMLElement, source: string) => IDisposable;

export interface CodeViewProps {
  readonly source: Source;
  readonly mountEditor: MountEditor | null;
  readonly trans: Translate;
  readonly onOpenFile: (file: string, line: number | null) => void;
}

/** The source of a DAG version, with line numbers, read only. */
export function CodeView({ source, mountEditor, trans, onOpenFile }: CodeViewProps): JSX.Element {
  return (
    <div className="couture-Code" data-couture="code" data-version={source.version}>
      <div className="couture-Code-bar">
        <button
          type="button"
          className="couture-LinkButton"
          title={trans.__('Open the file in an editor')}
          onClick={() => onOpenFile(source.file, null)}
        >
          {source.file}
        </button>
        <span className="couture-faint">
          {trans.__('version %1, read only', source.version.slice(0, 12))}
        </span>
      </div>
      {mountEditor ? (
        <Editor text={source.source} mount={mountEditor} />
      ) : (
        <PlainCode text={source.source} />
      )}
    </div>
  );
}

function Editor({
  text,
  mount
}: {
  readonly text: string;
  readonly mount: MountEditor;
}): JSX.Element {
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!host.current) {
      return undefined;
    }
    const editor = mount(host.current, text);
    return () => editor.dispose();
  }, [text, mount]);
  return <div ref={host} className="couture-Code-editor" />;
}

function PlainCode({ text }: { readonly text: string }): JSX.Element {
  const lines = useMemo(() => text.split('\n'), [text]);
  return (
    <ol className="couture-Code-plain">
      {lines.map((line, index) => (
        <li key={index}>{line}</li>
      ))}
    </ol>
  );
}
