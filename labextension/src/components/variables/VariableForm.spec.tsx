// @vitest-environment jsdom
import { act } from 'react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Variable } from '../../model/wireVariables';
import { english, T0 } from '../../testing/builders';
import { render, type Rendered } from '../../testing/render';
import { VariableForm, type SaveOutcome, type VariableFormProps } from './VariableForm';

const SAVE = '[data-couture="save-variable"]';
let shown: Rendered;

function variable(part: Partial<Variable> = {}): Variable {
  return {
    key: 'limits',
    value: '{"rows":1}',
    description: '',
    hidden: false,
    warning: '',
    revision: 'r1',
    ...part
  };
}

function draw(part: Partial<VariableFormProps> = {}, outcome: SaveOutcome = { type: 'saved' }) {
  const onSave = vi.fn(() => Promise.resolve(outcome));
  shown = render(
    <VariableForm
      variable={variable()}
      mayEdit
      lastChange={null}
      trans={english}
      onSave={onSave}
      onCancel={vi.fn()}
      {...part}
    />
  );
  return onSave;
}

function enter(hook: string, text: string): void {
  const field = shown.find(`[data-couture="${hook}"]`);
  const kind = field instanceof HTMLTextAreaElement ? HTMLTextAreaElement : HTMLInputElement;
  act(() => {
    Object.getOwnPropertyDescriptor(kind.prototype, 'value')?.set?.call(field, text);
    field.dispatchEvent(new Event('input', { bubbles: true }));
  });
}

function reason(): string {
  return shown.find('[data-couture="dialog-reason"]').textContent ?? '';
}

async function save(): Promise<void> {
  await act(async () => shown.find(SAVE).click());
}

describe('the form of a variable', () => {
  afterEach(() => shown.unmount());

  it('shows JSON in lines and saves only what was changed', async () => {
    const onSave = draw();
    expect(shown.find('[data-couture="value"]').textContent).toBe('{\n  "rows": 1\n}');
    expect(reason()).toBe('Nothing is changed yet.');
    enter('description', 'most');
    await save();
    expect(onSave).toHaveBeenCalledTimes(1);
  });

  it('does not save what is no JSON, unless it is meant as text', () => {
    draw();
    enter('value', '{"rows": 1');
    expect(reason()).toContain('the text ends too early');
    expect((shown.find(SAVE) as HTMLButtonElement).disabled).toBe(true);
    shown.click('[data-couture="is-text"]');
    expect(reason()).toBe('');
  });

  it('takes a document that is pasted for JSON', () => {
    draw({ variable: null });
    enter('key', 'a');
    enter('value', '{"b": [1]}');
    expect((shown.find('[data-couture="is-json"]') as HTMLInputElement).checked).toBe(true);
    shown.click('[data-couture="lay-out"]');
    expect((shown.find('[data-couture="value"]') as HTMLTextAreaElement).value).toContain('\n');
  });

  it('shows what somebody else has stored before it is overwritten', async () => {
    const theirs = variable({ value: '{"rows":2}', revision: 'r2' });
    const onSave = draw({}, { type: 'stale', theirs });
    enter('value', '{\n  "rows": 3\n}');
    await save();
    expect(shown.find('[data-couture="meanwhile"]').textContent).toContain('"rows": 2');
    expect(shown.find(SAVE).textContent).toBe('Save over it');
    await save();
    expect(onSave).toHaveBeenLastCalledWith(expect.anything(), theirs);
    shown.click('[data-couture="take-theirs"]');
    expect((shown.find('[data-couture="value"]') as HTMLTextAreaElement).value).toContain('2');
    expect(reason()).toBe('Nothing is changed yet.');
  });

  it('says at the field what the server has against it', async () => {
    draw({ variable: null }, { type: 'refused', field: 'key', message: 'it is taken' });
    enter('key', 'limits');
    await save();
    const key = shown.find('[data-couture="key"]');
    expect(key.getAttribute('aria-invalid')).toBe('true');
    expect(shown.host.textContent).toContain('it is taken');
  });

  it('can only be read by those who may not edit, and says who was here', () => {
    draw({
      mayEdit: false,
      variable: variable({ value: '***', hidden: true }),
      lastChange: { actor: 'ada', at: T0 }
    });
    expect(shown.host.querySelector(SAVE)).toBeNull();
    expect((shown.find('[data-couture="value"]') as HTMLTextAreaElement).readOnly).toBe(true);
    expect(shown.find('[data-couture="last-change"]').textContent).toContain('ada, 2026-01-31');
  });
});
