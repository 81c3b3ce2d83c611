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
}

export interface BokehViews {
  readonly roots: readonly { readonly model: BokehModel & { readonly document: BokehDocument } }[];
  clear(): void;
}

export interface BokehLibrary {
  readonly version: string;
  /** Every document that was ever embedded. */
  readonly documents: BokehDocument[];
  readonly embed: {
    embed_item(item: unknown, target: HTMLElement): Promise<BokehViews>;
  };
}
