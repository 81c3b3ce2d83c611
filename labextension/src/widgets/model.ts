/** As much of a kernel as tells whether it is still the same. */
export interface KernelOfWidgets {
  readonly id: string;
  readonly status: string;
  readonly isDisposed: boolean;
  readonly statusChanged: {
    connect(listener: (kernel: unknown, status: string) => void): unknown;
    disconnect(listener: (kernel: unknown, status: string) => void): unknown;
  };
}

/** The browser's side of a Python widget, as anywidget gives it to us. */
export interface WidgetModel {
  get(name: string): unknown;
  set(name: string, value: unknown): void;
  save_changes(): void;
  on(event: string, listener: () => void): void;
  off(event: string, listener: () => void): void;
  readonly widget_manager?: { readonly kernel?: KernelOfWidgets | null };
}

/** What the kernel's side has to say of where and what to draw. */
export interface Mounting {
  readonly model: WidgetModel;
  readonly el: HTMLElement;
}

/** A string, or null for `None`. */
export function textOf(model: WidgetModel, name: string): string | null {
  const value = model.get(name);
  return typeof value === 'string' ? value : null;
}

export function numberOf(model: WidgetModel, name: string, otherwise: number): number {
  const value = model.get(name);
  return typeof value === 'number' ? value : otherwise;
}

const telling = new WeakSet<WidgetModel>();

/** Whether Python is being told just now: trait by trait, so that some of them are not yet what the page says. */
export function isTelling(model: WidgetModel): boolean {
  return telling.has(model);
}

/** Tells Python. Without a kernel nobody listens, and that is said on the page. */
export function tell(model: WidgetModel, values: Readonly<Record<string, unknown>>): void {
  const changed = Object.entries(values).filter(([name, value]) => model.get(name) !== value);
  if (changed.length === 0) {
    return;
  }
  telling.add(model);
  changed.forEach(([name, value]) => model.set(name, value));
  telling.delete(model);
  try {
    model.save_changes();
  } catch (error) {
    console.warn('Couture: Python was not told of', Object.keys(values).join(', '), error);
  }
}
