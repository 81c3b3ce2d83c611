// @vitest-environment jsdom
import { act } from 'react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { BackfillBody, BackfillPreview } from '../model/wireOrders';
import { english } from '../testing/builders';
import { render, type Rendered } from '../testing/render';
import { BackfillForm, type BackfillFormProps } from './BackfillForm';

const FROM = '[data-couture="backfill-from"]';
const LOOK = '[data-couture="preview-backfill"]';
const START = '[data-couture="start-backfill"]';

let shown: Rendered;

function preview(token: string): { readonly preview: BackfillPreview } {
  return { preview: { token, slots: [], total: 3, counts: { created: 3 } } };
}

function enter(selector: string, value: string): void {
  const field = shown.find(selector) as HTMLInputElement;
  const setter = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(field), 'value')?.set;
  act(() => {
    setter?.call(field, value);
    field.dispatchEvent(new Event('input', { bubbles: true }));
  });
}

function draw(part: Partial<BackfillFormProps>): void {
  shown = render(
    <BackfillForm
      dagId="etl"
      isPaused={false}
      trans={english}
      onPreview={vi.fn(() => Promise.resolve(preview('seen')))}
      onStart={vi.fn(() => Promise.resolve([]))}
      onCancel={vi.fn()}
      {...part}
    />
  );
  enter(FROM, '2026-01-01');
  enter('[data-couture="backfill-to"]', '2026-01-03');
}

describe('the form of a backfill', () => {
  afterEach(() => shown.unmount());

  it('starts what was looked at, held to it by the token', async () => {
    const onStart = vi.fn((_body: BackfillBody, _token: string) => Promise.resolve([]));
    draw({ onStart });
    await act(async () => shown.find(LOOK).click());
    await act(async () => shown.find(START).click());
    const [body, token] = onStart.mock.calls[0] ?? [];
    expect([body?.from_date.slice(0, 10), token]).toEqual(['2026-01-01', 'seen']);
  });

  it('drops an answer that comes after the dates were changed', async () => {
    const answers: ((found: ReturnType<typeof preview>) => void)[] = [];
    draw({ onPreview: () => new Promise(resolve => answers.push(resolve)) });
    await act(async () => shown.find(LOOK).click());
    enter(FROM, '2020-01-01');
    await act(async () => answers[0]?.(preview('late')));
    expect(shown.host.querySelector(START)).toBeNull();
    expect(shown.find(LOOK).getAttribute('aria-busy')).toBe('false');
  });

  it('has to be looked at again after it was refused', async () => {
    draw({ onStart: () => Promise.resolve([{ place: '', message: 'things have changed' }]) });
    await act(async () => shown.find(LOOK).click());
    await act(async () => shown.find(START).click());
    expect(shown.find('[role="alert"]').textContent).toBe('things have changed');
    expect(shown.host.querySelector(START)).toBeNull();
  });
});
