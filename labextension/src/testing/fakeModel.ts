/** The browser's side of a widget without a widget manager: values, listeners, and what was sent to Python. */
import type { WidgetModel } from '../widgets/model';

export class FakeModel implements WidgetModel {
  readonly saved: Readonly<Record<string, unknown>>[] = [];
  private readonly listeners = new Map<string, Set<() => void>>();
  private pending: Record<string, unknown> = {};

  constructor(private readonly values: Record<string, unknown>) {}

  get(name: string): unknown {
    return this.values[name];
  }

  /** As in Backbone, who listens hears of it before it is saved. */
  set(name: string, value: unknown): void {
    if (this.values[name] !== value) {
      this.values[name] = value;
      this.pending[name] = value;
      this.emit(name);
    }
  }

  save_changes(): void {
    this.saved.push(this.pending);
    this.pending = {};
  }

  on(event: string, listener: () => void): void {
    this.listeners.set(event, (this.listeners.get(event) ?? new Set()).add(listener));
  }

  off(event: string, listener: () => void): void {
    this.listeners.get(event)?.delete(listener);
  }

  /** Python has changed traits; all of them are there when the first listener is told. */
  receive(values: Readonly<Record<string, unknown>>): void {
    Object.assign(this.values, values);
    Object.keys(values).forEach(name => this.emit(name));
  }

  private emit(name: string): void {
    [...(this.listeners.get(`change:${name}`) ?? [])].forEach(listener => listener());
  }
}
