// @vitest-environment jsdom
import { act } from 'react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { english, makeRow } from '../testing/builders';
import { render, type Rendered } from '../testing/render';
import { DeleteDagForm } from './DeleteDagForm';

const SEND = '[data-couture="send-delete-dag"]';
let shown: Rendered;

function draw(row: Parameters<typeof makeRow>[0], onDelete = vi.fn(() => Promise.resolve(null))) {
  shown = render(
    <DeleteDagForm
      row={makeRow(row)}
      versions={2}
      trans={english}
      onDelete={onDelete}
      onCancel={vi.fn()}
    />
  );
  return onDelete;
}

describe('deleting a DAG', () => {
  afterEach(() => shown.unmount());

  it('without runs takes one press', async () => {
    const onDelete = draw({ run_counts: {} });
    await act(async () => shown.find(SEND).click());
    expect(onDelete).toHaveBeenCalledTimes(1);
  });

  it('with runs says how many are lost, and takes its name', () => {
    draw({ run_counts: { success: 4, running: 1 } });
    expect(shown.find('[data-couture="losses"]').textContent).toContain('5 runs');
    expect(shown.find('[data-couture="losses"]').textContent).toContain('1 of them is stopped');
    expect((shown.find(SEND) as HTMLButtonElement).disabled).toBe(true);
  });

  it('says what the server has against it', async () => {
    draw({}, vi.fn(() => Promise.resolve('not now')) as never);
    await act(async () => shown.find(SEND).click());
    expect(shown.find('[role="alert"]').textContent).toBe('not now');
  });
});
