/**
 * A Bokeh figure in the page: embedded once, then changed in place.
 *
 * New ranges are taken over only while the reader has not moved the old ones, so that nothing jumps under a hand.
 */
import type { BokehDocument, BokehLibrary, BokehModel, BokehViews } from '../../model/bokeh';
import type { ChartRef, FigureModels } from '../../model/wireCharts';

type Columns = Readonly<Record<string, readonly unknown[]>>;

const MARGIN = 0.02;
const NEAR = 1e-6;
const NO_ROW: readonly number[] = [-1];

interface Bounds {
  readonly start: number;
  readonly end: number;
}

export class FigureHandle {
  private readonly models: readonly BokehModel[];
  private readonly byName: ReadonlyMap<string, BokehModel>;
  private readonly applied = new Map<string, string>();
  private home: Bounds | null = null;
  private focused: ReadonlySet<string> = new Set();
  private isOurs = false;

  private constructor(
    private readonly documents: BokehLibrary['documents'],
    private readonly node: HTMLElement,
    private readonly views: BokehViews,
    private readonly root: BokehModel & { readonly document: BokehDocument },
    models: Iterable<BokehModel>,
    onSelect: (ref: ChartRef) => void
  ) {
    this.models = [...models];
    this.byName = new Map(
      this.models.flatMap(model => (model.name === null ? [] : [[model.name, model] as const]))
    );
    for (const source of this.sources()) {
      const selected = value<BokehModel>(source, 'selected');
      selected?.properties['indices']?.change.connect(() =>
        this.picked(source, selected, onSelect)
      );
    }
  }

  static async embed(
    bokeh: BokehLibrary,
    item: unknown,
    node: HTMLElement,
    onSelect: (ref: ChartRef) => void
  ): Promise<FigureHandle> {
    // BokehJS turns the description into models and may change it; another figure may need it again.
    const views = await bokeh.embed.embed_item(structuredClone(item), node);
    const root = views.roots[0]?.model;
    if (!root) {
      throw new Error('The figure has no root.');
    }
    return new FigureHandle(bokeh.documents, node, views, root, root.document.all_models, onSelect);
  }

  dispose(): void {
    this.views.clear();
    this.node.replaceChildren();
    // BokehJS remembers each document with all its values, for ever.
    const place = this.documents.indexOf(this.root.document);
    if (place >= 0) {
      this.documents.splice(place, 1);
    }
    this.root.document._cancel_recompute_all_models?.();
  }

  /** Shows newer values. */
  apply(models: FigureModels, height: number): void {
    if (value<number>(this.root, 'height') !== height) {
      this.root.setv({ height });
    }
    for (const [name, properties] of Object.entries(models)) {
      const text = JSON.stringify(properties);
      if (this.applied.get(name) === text) {
        continue;
      }
      this.applied.set(name, text);
      this.change(name, properties);
    }
    this.focus(this.focused);
  }

  /** Lets what is under way grow to `now` (in milliseconds), and the line of the present with it. */
  tick(now: number): void {
    const line = this.byName.get('now');
    if (!line || value(line, 'visible') !== true) {
      return;
    }
    line.setv({ location: now });
    for (const source of this.sources()) {
      const data = value<Columns>(source, 'data') ?? {};
      const isOpen = data['is_open'] ?? [];
      if (isOpen.includes(true)) {
        const right = (data['right'] ?? []).map((end, at) => (isOpen[at] === true ? now : end));
        source.setv({ data: { ...data, right } });
      }
    }
    const { home } = this;
    if (home && this.isAtHome()) {
      const end = now + (now - home.start) * MARGIN;
      if (end > home.end) {
        this.setHome({ start: home.start, end });
      }
    }
  }

  /** Takes the colours from the page's theme, as the tags of the models say. */
  paint(): void {
    const probe = document.createElement('span');
    this.node.append(probe);
    const colour = (variable: unknown): string => {
      probe.style.color = `var(${String(variable)})`;
      return getComputedStyle(probe).color;
    };
    for (const model of this.models) {
      const theme = model.tags.map(tag => entry(tag, 'theme')).find(found => found !== undefined);
      if (theme === undefined) {
        continue;
      }
      const values = Object.fromEntries(
        entries(theme).map(([name, said]) => [
          name,
          Array.isArray(said) ? said.map(colour) : colour(said)
        ])
      );
      model.setv(values);
    }
    probe.remove();
  }

  /** Under 1 comes nearer, over 1 goes away. */
  zoom(factor: number): void {
    const range = this.byName.get('x');
    const shown = range && bounds(range);
    if (range && shown) {
      const middle = (shown.start + shown.end) / 2;
      const half = ((shown.end - shown.start) / 2) * factor;
      range.setv({ start: middle - half, end: middle + half });
    }
  }

  reset(): void {
    if (this.home) {
      this.setHome(this.home);
    }
  }

  /** Makes the lines or bars of these tasks stand out; none: all are equal again. */
  focus(names: ReadonlySet<string>): void {
    if (names.size === 0 && this.focused.size === 0) {
      return;
    }
    this.focused = names;
    this.isOurs = true;
    for (const source of this.sources()) {
      const data = value<Columns>(source, 'data') ?? {};
      const owners = data['task_id'] ?? data['pool'] ?? [];
      const indices = owners.flatMap((owner, at) => (names.has(String(owner)) ? [at] : []));
      // Where nothing of it is among the rows, all of them step back: no row would be no choice.
      const chosen = indices.length === 0 && names.size > 0 ? NO_ROW : indices;
      value<BokehModel>(source, 'selected')?.setv({ indices: chosen });
    }
    this.isOurs = false;
  }

  private change(name: string, properties: Readonly<Record<string, unknown>>): void {
    const model = this.byName.get(name);
    if (!model) {
      return;
    }
    const { ticks, labels, ...others } = properties;
    if (Array.isArray(ticks) && Array.isArray(labels)) {
      this.byName.get(`${name}_ticker`)?.setv({ ticks });
      model.setv({ major_label_overrides: new Map(ticks.map((tick, at) => [tick, labels[at]])) });
    }
    if (name === 'x') {
      const next = others as unknown as Bounds;
      if (this.home === null || this.isAtHome()) {
        this.setHome(next);
      }
      this.home = next;
    } else if (Object.keys(others).length > 0) {
      model.setv(others);
    }
  }

  private setHome(next: Bounds): void {
    this.home = next;
    this.byName.get('x')?.setv({ start: next.start, end: next.end });
  }

  private isAtHome(): boolean {
    const range = this.byName.get('x');
    const shown = range && bounds(range);
    const { home } = this;
    if (!shown || !home) {
      return true;
    }
    const slack = Math.abs(home.end - home.start) * NEAR;
    return Math.abs(shown.start - home.start) <= slack && Math.abs(shown.end - home.end) <= slack;
  }

  private sources(): readonly BokehModel[] {
    return this.models.filter(model => model.properties['data'] && model.properties['selected']);
  }

  private picked(
    source: BokehModel,
    selected: BokehModel,
    onSelect: (ref: ChartRef) => void
  ): void {
    const index = value<readonly number[]>(selected, 'indices')?.[0];
    if (this.isOurs || index === undefined) {
      return;
    }
    const ref = refOf(value<Columns>(source, 'data') ?? {}, index);
    this.isOurs = true;
    selected.setv({ indices: [] });
    this.isOurs = false;
    this.focus(this.focused);
    if (ref) {
      onSelect(ref);
    }
  }
}

/** What a row of a data source stands for; null for one without a run. */
export function refOf(data: Columns, index: number): ChartRef | null {
  const cell = (name: string): unknown => data[name]?.[index];
  const runId = cell('run_id');
  if (typeof runId !== 'string') {
    return null;
  }
  const dagId = cell('dag_id');
  const mapIndex = cell('map_index');
  const tryNumber = cell('try_number');
  return {
    dagId: typeof dagId === 'string' ? dagId : null,
    runId,
    taskId: String(cell('task_id') ?? ''),
    mapIndex: typeof mapIndex === 'number' && mapIndex >= 0 ? mapIndex : null,
    tryNumber: typeof tryNumber === 'number' && tryNumber > 0 ? tryNumber : null
  };
}

function value<T>(model: BokehModel, name: string): T | undefined {
  return model.properties[name]?.get_value() as T | undefined;
}

function bounds(range: BokehModel): Bounds | undefined {
  const start = value<number>(range, 'start');
  const end = value<number>(range, 'end');
  return start === undefined || end === undefined ? undefined : { start, end };
}

/** BokehJS gives mappings as `Map` or as plain objects. */
function entries(mapping: unknown): readonly (readonly [string, unknown])[] {
  if (mapping instanceof Map) {
    return [...(mapping as Map<string, unknown>)];
  }
  return typeof mapping === 'object' && mapping !== null ? Object.entries(mapping) : [];
}

function entry(mapping: unknown, name: string): unknown {
  return entries(mapping).find(([key]) => key === name)?.[1];
}
