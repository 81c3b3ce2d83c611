// @vitest-environment jsdom
import { act } from 'react';
import { describe, expect, it, vi } from 'vitest';
import type { BokehDocument, BokehLibrary, BokehModel } from '../../model/bokeh';
import type { Chart } from '../../model/wireCharts';
import { english } from '../../testing/builders';
import { render } from '../../testing/render';
import { BokehFigure, type BokehFigureProps } from './BokehFigure';
import { refOf } from './figureHandle';
import { LineKey } from './LineKey';

/** A model with what the handle uses of BokehJS: properties, signals, `setv`. */
function model(name: string | null, values: Record<string, unknown>): BokehModel {
  const slots = new Map<string, (() => void)[]>();
  const properties = Object.fromEntries(
    Object.keys(values).map(key => [
      key,
      {
        change: {
          connect: (slot: () => void) => slots.set(key, [...(slots.get(key) ?? []), slot])
        },
        get_value: () => values[key]
      }
    ])
  );
  return {
    name,
    tags: [],
    properties: properties as unknown as BokehModel['properties'],
    setv: next => {
      for (const [key, value] of Object.entries(next)) {
        values[key] = value;
        slots.get(key)?.forEach(slot => slot());
      }
    }
  };
}

function library(): {
  readonly bokeh: BokehLibrary;
  readonly x: BokehModel;
  readonly picked: BokehModel;
  readonly root: BokehModel;
  embeds: number;
} {
  const x = model('x', { start: 0, end: 0 });
  const picked = model(null, { indices: [] });
  const work = model('work', { data: {}, selected: picked });
  const root = model(null, { height: 1 });
  const made = {
    x,
    picked,
    root,
    embeds: 0,
    bokeh: {
      version: '1',
      documents: [] as BokehDocument[],
      embed: {
        embed_item: () => {
          made.embeds += 1;
          const document = { all_models: new Set([x, picked, work, root]) };
          made.bokeh.documents.push(document);
          return Promise.resolve({ roots: [{ model: { ...root, document } }], clear: vi.fn() });
        }
      }
    }
  };
  return made;
}

function chart(start: number, stamp: string): Chart {
  const data = { run_id: ['r1'], task_id: ['a'], map_index: [-1], try_number: [2] };
  return {
    item: ITEM,
    version: '1',
    models: { x: { start, end: start + 10 }, work: { data } },
    height: 200,
    is_empty: false,
    is_unchanged: false,
    stamp,
    now: '2026-01-31T12:00:00+00:00'
  };
}

const ITEM = {};
const NONE: ReadonlySet<string> = new Set();

function range(x: BokehModel): readonly unknown[] {
  return ['start', 'end'].map(name => x.properties[name]?.get_value());
}

async function figure(): Promise<{
  readonly show: (part: Partial<BokehFigureProps>) => Promise<void>;
  readonly made: ReturnType<typeof library>;
  readonly onSelect: ReturnType<typeof vi.fn>;
  readonly close: () => void;
}> {
  const made = library();
  const onSelect = vi.fn();
  const props: BokehFigureProps = {
    chart: chart(0, 's1'),
    label: 'Chart',
    theme: 'light',
    view: 'v1',
    now: 0,
    focus: NONE,
    load: () => Promise.resolve(made.bokeh),
    onSelect,
    onFailed: error => {
      throw error;
    }
  };
  const rendered = render(<BokehFigure {...props} />);
  const settle = (): Promise<void> => act(async () => Promise.resolve());
  await settle();
  await settle();
  return {
    made,
    onSelect,
    close: rendered.unmount,
    show: async part => {
      rendered.rerender(<BokehFigure {...props} {...part} />);
      await settle();
    }
  };
}

describe('a figure', () => {
  it('is built once and then changed in place', async () => {
    const { made, show } = await figure();
    expect(range(made.x)).toEqual([0, 10]);
    await show({ chart: chart(5, 's2') });
    expect(range(made.x)).toEqual([5, 15]);
    expect(made.embeds).toBe(1);
  });

  it('leaves nothing behind in the library', async () => {
    const { made, close } = await figure();
    expect(made.bokeh.documents).toHaveLength(1);
    close();
    expect(made.bokeh.documents).toEqual([]);
  });

  it('stays where the reader has moved it until another view is asked for', async () => {
    const { made, show } = await figure();
    made.x.setv({ start: 2, end: 3 });
    await show({ chart: chart(5, 's2') });
    expect(range(made.x)).toEqual([2, 3]);
    await show({ chart: chart(5, 's2'), view: 'v2' });
    expect(range(made.x)).toEqual([5, 15]);
  });

  it('lets bars stand out, and all others step back where it has none of them', async () => {
    const { made, show } = await figure();
    await show({ focus: new Set(['a']) });
    expect(made.picked.properties['indices']?.get_value()).toEqual([0]);
    await show({ focus: new Set(['b']) });
    expect(made.picked.properties['indices']?.get_value()).toEqual([-1]);
    await show({ focus: NONE });
    expect(made.picked.properties['indices']?.get_value()).toEqual([]);
  });

  it('has the height that it is given, also when that changes', async () => {
    const { made, show } = await figure();
    expect(made.root.properties['height']?.get_value()).toBe(200);
    await show({ height: 321 });
    expect(made.root.properties['height']?.get_value()).toBe(321);
  });

  it('says what was pressed and selects nothing itself', async () => {
    const { made, onSelect } = await figure();
    made.picked.setv({ indices: [0] });
    expect(onSelect).toHaveBeenCalledExactlyOnceWith({
      dagId: null,
      runId: 'r1',
      taskId: 'a',
      mapIndex: null,
      tryNumber: 2
    });
    expect(made.picked.properties['indices']?.get_value()).toEqual([]);
  });
});

it('has no reference for a point that belongs to no run', () => {
  expect(refOf({ pool: ['default_pool'], x: [1] }, 0)).toBeNull();
});

it('lets several lines stand out, and none again', () => {
  const onFocus = vi.fn();
  const entries = [{ name: 'a', label: 'a', hue: 1, value: '2 s' }];
  const key = (focus: ReadonlySet<string>): JSX.Element => (
    <LineKey entries={entries} focus={focus} label="Lines" trans={english} onFocus={onFocus} />
  );
  const { click, rerender } = render(key(NONE));
  click('button');
  expect(onFocus).toHaveBeenLastCalledWith(new Set(['a']));
  rerender(key(new Set(['a'])));
  click('button');
  expect(onFocus).toHaveBeenLastCalledWith(new Set());
});
