// @vitest-environment jsdom
import { act } from 'react';
import { afterEach, expect, it, vi } from 'vitest';
import type { CoutureApi } from '../api/rest';
import { render, type Rendered } from '../testing/render';
import { useNotebook } from './useNotebook';

const get = vi.fn(async (route: string) => ({
  path: route,
  revision: 7,
  total: 0,
  cells: [],
  size_bytes: 0,
  is_too_large: false,
  complete: true
}));
const api = { get } as unknown as Pick<CoutureApi, 'get'>;
const drawn: (readonly [number, string | null])[] = [];

function View({ tryNumber }: { readonly tryNumber: number }): null {
  const attempt =
    tryNumber === 0
      ? null
      : { dagId: 'etl', runId: 'run-1', taskId: 'report', mapIndex: -1, tryNumber };
  const { notebook } = useNotebook(api, attempt, null);
  drawn.push([tryNumber, notebook.path]);
  return null;
}

let shown: Rendered | null = null;

afterEach(() => shown?.unmount());

it('never draws the notebook of one attempt as that of another', async () => {
  shown = render(<View tryNumber={1} />);
  await act(async () => undefined);
  expect(drawn.at(-1)?.[1]).toContain('attempts/1/');
  for (const tryNumber of [2, 0, 1]) {
    shown.rerender(<View tryNumber={tryNumber} />);
    await act(async () => undefined);
  }
  expect(drawn.at(-1)?.[1]).toContain('attempts/1/');
  const wrong = drawn.filter(([of, path]) => path !== null && !path.includes(`attempts/${of}/`));
  expect(wrong).toEqual([]);
  expect(get).toHaveBeenCalledTimes(3);
});
