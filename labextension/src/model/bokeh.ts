/** The part of BokehJS we use. */

export interface BokehModel {
  readonly name: string | null;
  readonly tags: readonly unknown[];
  readonly properties: Readonly<Record<string, BokehProperty | undefined>>;
  setv(values: Readonly<Record<string, unknown>>): void;
}

interface BokehProperty {
  readonly change: { connect(slot: () => void): boolean };
  get_value(): unknown;
}

export interface BokehDocument {
  readonly all_models: ReadonlySet<BokehModel>;
  /** Not of the public interface, so it may be absent: stops a timer that holds the document for half a minute. */
  _cancel_recompute_all_models?(): void;
}

export interface BokehViews {
  readonly roots: readonly { readonly model: BokehModel & { readonly document: BokehDocument } }[];
  clear(): void;
}

/** What draws a plot. */
export interface BokehPlotView {
  connect_signals(): void;
  remove(): void;
}

/** What draws plots, all of them. */
export interface BokehPlots {
  readonly Models: {
    get(name: 'Plot'): {
      readonly prototype: { readonly default_view: { readonly prototype: BokehPlotView } };
    };
  };
}

export interface BokehLibrary {
  readonly version: string;
  /** Every document that was ever embedded. */
  readonly documents: BokehDocument[];
  readonly embed: {
    embed_item(item: unknown, target: HTMLElement): Promise<BokehViews>;
  };
}
