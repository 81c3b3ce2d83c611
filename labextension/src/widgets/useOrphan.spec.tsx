// @vitest-environment jsdom
import { Signal } from '@lumino/signaling';
import { act } from 'react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { FakeModel } from '../testing/fakeModel';
import { render, type Rendered } from '../testing/render';
import type { KernelOfWidgets } from './model';
import { useOrphan } from './useOrphan';

class FakeKernel implements KernelOfWidgets {
  status = 'idle';
  isDisposed = false;
  readonly statusChanged = new Signal<this, string>(this);

  constructor(readonly id: string) {}

  turn(status: string): void {
    this.status = status;
    act(() => this.statusChanged.emit(status));
  }
}

class ManagedModel extends FakeModel {
  readonly widget_manager: { kernel: KernelOfWidgets | null };

  constructor(kernel: KernelOfWidgets) {
    super({});
    this.widget_manager = { kernel };
  }
}

const el = document.createElement('div');

function Told({ model }: { readonly model: FakeModel }): JSX.Element {
  return <>{useOrphan(el, model) ? 'gone' : 'there'}</>;
}

function later(): void {
  act(() => void vi.advanceTimersByTime(5000));
}

let shown: Rendered | null = null;
let kernel: FakeKernel;
let model: ManagedModel;

beforeEach(() => {
  vi.useFakeTimers();
  kernel = new FakeKernel('one');
  model = new ManagedModel(kernel);
  shown = render(<Told model={model} />);
});

afterEach(() => {
  shown?.unmount();
  vi.useRealTimers();
});

it('is not while the kernel works, or connects again', () => {
  kernel.turn('busy');
  kernel.turn('connecting');
  later();
  expect(shown?.host.textContent).toBe('there');
});

it.each(['dead', 'autorestarting'])('is when the kernel is %s, and stays so', status => {
  kernel.turn(status);
  expect(shown?.host.textContent).toBe('gone');
  if (status === 'autorestarting') {
    kernel.turn('idle');
    expect(shown?.host.textContent).toBe('gone');
  }
});

it('is when the kernel was shut down, and when another one has come', () => {
  model.widget_manager.kernel = null;
  later();
  expect(shown?.host.textContent).toBe('gone');
  model.widget_manager.kernel = new FakeKernel('two');
  later();
  expect(shown?.host.textContent).toBe('gone');
});

it('is not told where no manager tells of kernels', () => {
  shown?.unmount();
  shown = render(<Told model={new FakeModel({})} />);
  later();
  expect(shown.host.textContent).toBe('there');
});
