// @vitest-environment jsdom
import { act } from 'react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ganttSource } from '../api/charts';
import { render, type Rendered } from '../testing/render';
import type { Chart } from '../model/wireCharts';
import { Seen } from './seen';
import { useChart } from './useChart';

const SOURCE = ganttSource('etl', 'run-1', true, 0);
const POLL_MS = 5000;

let shown: Rendered | null = null;
let visibility: DocumentVisibilityState = 'visible';
const get = vi.fn(async () => ({ stamp: 's', is_unchanged: false, models: {}, item: {} }));
const api = { get } as unknown as Parameters<typeof useChart>[0];

function View({ change }: { readonly change: string }): JSX.Element {
  const { load } = useChart<Chart>(api, SOURCE, change, POLL_MS);
  return <p>{load.status}</p>;
}

async function show(isSeen: boolean, change = 'a'): Promise<void> {
  const view = (
    <Seen.Provider value={isSeen}>
      <View change={change} />
    </Seen.Provider>
  );
  if (shown) {
    shown.rerender(view);
  } else {
    shown = render(view);
  }
  await pass(0);
}

async function pass(milliseconds: number): Promise<void> {
  await act(() => vi.advanceTimersByTimeAsync(milliseconds));
}

async function turnWindow(state: DocumentVisibilityState): Promise<void> {
  visibility = state;
  act(() => void document.dispatchEvent(new Event('visibilitychange')));
  await pass(0);
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(document, 'visibilityState', 'get').mockImplementation(() => visibility);
  get.mockClear();
});

afterEach(() => {
  shown?.unmount();
  shown = null;
  visibility = 'visible';
  vi.useRealTimers();
  vi.restoreAllMocks();
});

describe('a chart', () => {
  it('is asked for at once and every now and then while it is seen', async () => {
    await show(true);
    expect(get).toHaveBeenCalledTimes(1);
    await pass(3 * POLL_MS);
    expect(get).toHaveBeenCalledTimes(4);
  });

  it('asks for nothing behind another tab, whatever happens, and is up to date when it is seen again', async () => {
    await show(true);
    await show(false);
    await show(false, 'news');
    await pass(10 * POLL_MS);
    expect(get).toHaveBeenCalledTimes(1);
    await show(true, 'news');
    expect(get).toHaveBeenCalledTimes(2);
    await pass(POLL_MS);
    expect(get).toHaveBeenCalledTimes(3);
  });

  it('that was never seen is not asked for until it is', async () => {
    await show(false);
    await pass(10 * POLL_MS);
    expect(get).not.toHaveBeenCalled();
    await show(true);
    expect(get).toHaveBeenCalledTimes(1);
  });

  it('seen again at once has missed nothing, and asks for nothing', async () => {
    await show(true);
    await show(false);
    await show(true);
    expect(get).toHaveBeenCalledTimes(1);
  });

  it('rests while the window is out of sight', async () => {
    await show(true);
    await turnWindow('hidden');
    await pass(10 * POLL_MS);
    expect(get).toHaveBeenCalledTimes(1);
    await turnWindow('visible');
    expect(get).toHaveBeenCalledTimes(2);
  });
});
