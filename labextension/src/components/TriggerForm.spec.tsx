// @vitest-environment jsdom
import { act } from 'react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { english } from '../testing/builders';
import { render, type Rendered } from '../testing/render';
import { TriggerForm, type TriggerFormProps } from './TriggerForm';

const SEND = '[data-couture="send-trigger"]';
const SEND_ON = '[data-couture="send-trigger-on"]';
const REASON = '[data-couture="dialog-reason"]';

function props(part: Partial<TriggerFormProps> = {}): TriggerFormProps {
  return {
    dagId: 'etl',
    initial: { conf: '{\n  "rows": 10\n}', logicalDate: '', runId: '' },
    params: { rows: 10 },
    paramsSchema: { rows: { type: 'integer', minimum: 1 } },
    recent: [],
    isPaused: false,
    mayTurnOn: true,
    trans: english,
    onSend: vi.fn(() => Promise.resolve([])),
    onCancel: vi.fn(),
    ...part
  };
}

let shown: Rendered;

function enter(selector: string, value: string): void {
  const field = shown.find(selector) as HTMLInputElement | HTMLTextAreaElement;
  const setter = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(field), 'value')?.set;
  act(() => {
    setter?.call(field, value);
    field.dispatchEvent(new Event('input', { bubbles: true }));
  });
}

function isDisabled(selector: string): boolean {
  return (shown.find(selector) as HTMLButtonElement).disabled;
}

describe('the form that triggers a run', () => {
  afterEach(() => shown.unmount());

  it('sends nothing that does not fit the schema, and says why', async () => {
    const given = props();
    shown = render(<TriggerForm {...given} />);
    enter('[data-param="rows"] input', '0');
    expect(isDisabled(SEND)).toBe(true);
    expect(shown.find(REASON).textContent).toBe('rows: must be >= 1');
    expect(shown.find('[data-param="rows"]').textContent).toContain('must be >= 1');
    enter('[data-param="rows"] input', '5');
    expect(isDisabled(SEND)).toBe(false);
    await act(async () => shown.find(SEND).click());
    expect(given.onSend).toHaveBeenCalledExactlyOnceWith({ conf: { rows: 5 } }, false);
  });

  it('has fields of its own beside another form', () => {
    shown = render(
      <>
        <TriggerForm {...props()} />
        <TriggerForm {...props({ dagId: 'other' })} />
      </>
    );
    const ids = [...shown.host.querySelectorAll('[id]')].map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const labels = [...shown.host.querySelectorAll<HTMLLabelElement>('[data-param="rows"] label')];
    expect(labels.map(({ control }) => control?.closest('[data-param]'))).toEqual(
      labels.map(label => label.closest('[data-param]'))
    );
  });

  it('names each parameter by its label, whatever it is called', () => {
    const params = { part_1: 3, days: ['mon'], names: ['ada'] };
    const paramsSchema = {
      part_1: { type: 'integer' },
      days: { type: 'array', uniqueItems: true, items: { type: 'string', enum: ['mon', 'tue'] } },
      names: { type: 'array', items: { type: 'string' } }
    };
    const initial = { conf: JSON.stringify(params), logicalDate: '', runId: '' };
    shown = render(<TriggerForm {...props({ params, paramsSchema, initial })} />);
    const label = (param: string): HTMLElement => shown.find(`[data-param="${param}"] > label`);
    expect(label('part_1').textContent).toBe('part_1');
    expect(label('part_1').classList.contains('couture-hidden')).toBe(false);
    expect(label('names_0').classList.contains('couture-hidden')).toBe(true);
    expect(shown.find('fieldset[data-param="days"] legend').textContent).toBe('days');
  });

  it('has no way back where it is part of a page', () => {
    shown = render(<TriggerForm {...props({ onCancel: undefined })} />);
    expect(shown.host.querySelector('[data-couture="dialog-cancel"]')).toBeNull();
  });

  it('shows in the form what was written as JSON, and keeps what is no parameter', () => {
    shown = render(<TriggerForm {...props()} />);
    shown.click('[data-tab="json"]');
    enter('[data-couture="conf"]', '{"rows": 7, "more": true}');
    shown.click('[data-tab="form"]');
    expect((shown.find('[data-param="rows"] input') as HTMLInputElement).value).toBe('7');
    expect(shown.host.textContent).toContain('no parameter of the DAG: more');
    enter('[data-param="rows"] input', '8');
    shown.click('[data-tab="json"]');
    const text = (shown.find('[data-couture="conf"]') as HTMLTextAreaElement).value;
    expect(JSON.parse(text)).toEqual({ rows: 8, more: true });
  });

  it('shows what the server refuses at its field', async () => {
    const onSend = vi.fn(() => Promise.resolve([{ place: 'runId', message: 'it exists' }]));
    shown = render(<TriggerForm {...props({ onSend })} />);
    await act(async () => shown.find(SEND).click());
    const field = shown.find('[data-couture="run-id"]');
    expect(field.getAttribute('aria-invalid')).toBe('true');
    expect(field.parentElement?.textContent).toContain('it exists');
    enter('[data-couture="run-id"]', 'other');
    expect(field.parentElement?.textContent).not.toContain('it exists');
  });

  it('offers to turn on a DAG that is off, and only to those who may', async () => {
    const given = props({ isPaused: true });
    shown = render(<TriggerForm {...given} />);
    expect(shown.find('[data-couture="paused-note"]').textContent).toContain('The run waits');
    await act(async () => shown.find(SEND_ON).click());
    expect(given.onSend).toHaveBeenCalledExactlyOnceWith({ conf: { rows: 10 } }, true);
    shown.rerender(<TriggerForm {...props({ isPaused: true, mayTurnOn: false })} />);
    expect(shown.host.querySelector(SEND_ON)).toBeNull();
    expect(shown.find(SEND).textContent).toBe('Trigger');
  });

  it('is sent by Ctrl+Enter', async () => {
    const given = props();
    shown = render(<TriggerForm {...given} />);
    const key = { key: 'Enter', ctrlKey: true, bubbles: true };
    await act(async () => {
      shown.find('[data-couture="run-id"]').dispatchEvent(new KeyboardEvent('keydown', key));
    });
    expect(given.onSend).toHaveBeenCalledTimes(1);
  });
});
