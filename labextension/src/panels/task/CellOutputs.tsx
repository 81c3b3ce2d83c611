import {
  OutputModel,
  type IOutputModel,
  type IRenderMime,
  type IRenderMimeRegistry
} from '@jupyterlab/rendermime';
import { PanelLayout, Widget } from '@lumino/widgets';
import { useLayoutEffect, useRef } from 'react';
import type { Translate } from '../../model/labels';
import type { JsonObject } from '../../model/wire';

type Output = IOutputModel.IOptions['value'];

export interface CellOutputsProps {
  readonly outputs: readonly JsonObject[];
  readonly rendermime: IRenderMimeRegistry;
  /** Names them for screen readers. */
  readonly label: string;
  readonly trans: Translate;
}

/**
 * The outputs of a cell, drawn by the lab's own renderers as those of a notebook that nobody trusts: HTML is sanitised,
 * and no script runs.
 */
export function CellOutputs({ outputs, rendermime, label, trans }: CellOutputsProps): JSX.Element {
  const host = useRef<HTMLDivElement>(null);
  const drawn = useRef<OutputColumn | null>(null);
  // Before the page lets go of the host: a widget of the lab cannot be detached from nowhere.
  useLayoutEffect(() => {
    if (!host.current) {
      return undefined;
    }
    const column = new OutputColumn(rendermime, trans);
    Widget.attach(column, host.current);
    drawn.current = column;
    return () => {
      drawn.current = null;
      column.dispose();
    };
  }, [rendermime, trans]);
  useLayoutEffect(() => drawn.current?.take(outputs), [outputs, rendermime, trans]);
  return (
    <div
      ref={host}
      className="couture-Cell-outputs"
      data-couture="cell-outputs"
      role="group"
      tabIndex={0}
      aria-label={label}
    />
  );
}

interface DrawnOutput {
  readonly text: string;
  readonly mimeType: string | undefined;
  readonly widget: Widget;
  readonly renderer: IRenderMime.IRenderer | null;
}

/** One widget for each output; what has not changed stays, what has grown is drawn again in its place. */
class OutputColumn extends Widget {
  private drawn: DrawnOutput[] = [];

  constructor(
    private readonly rendermime: IRenderMimeRegistry,
    private readonly trans: Translate
  ) {
    super({ node: document.createElement('div') });
    this.layout = new PanelLayout();
  }

  take(outputs: readonly JsonObject[]): void {
    const before = this.drawn;
    this.drawn = outputs.map((output, place) => this.draw(output, before[place], place));
    before.slice(outputs.length).forEach(({ widget }) => widget.dispose());
  }

  private draw(output: JsonObject, before: DrawnOutput | undefined, place: number): DrawnOutput {
    const text = JSON.stringify(output);
    if (before?.text === text) {
      return before;
    }
    const model = new OutputModel({ value: output as unknown as Output, trusted: false });
    const mimeType = this.rendermime.preferredMimeType(model.data, 'ensure');
    const again = before?.renderer && before.mimeType === mimeType ? before : null;
    const renderer =
      again?.renderer ?? (mimeType === undefined ? null : this.rendermime.createRenderer(mimeType));
    const widget = again?.widget ?? renderer ?? this.words(model);
    renderer?.renderModel(model).catch(() => {
      widget.node.textContent = this.trans.__('This output cannot be shown.');
    });
    if (!again) {
      before?.widget.dispose();
      widget.addClass('couture-Cell-output');
      (this.layout as PanelLayout).insertWidget(place, widget);
    }
    return { text, mimeType, widget, renderer };
  }

  private words(model: OutputModel): Widget {
    const widget = new Widget({ node: document.createElement('p') });
    widget.addClass('couture-faint');
    widget.node.textContent = this.trans.__(
      'An output of the type %1 is shown in the notebook only.',
      Object.keys(model.data).join(', ') || '–'
    );
    return widget;
  }
}
