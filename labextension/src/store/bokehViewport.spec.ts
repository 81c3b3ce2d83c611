import { describe, expect, it, vi } from 'vitest';
import type { BokehPlots } from '../model/bokeh';
import { releaseViewport } from './bokehViewport';

/** As BokehJS does it: each plot listens, none stops. */
class PlotView {
  static viewport: EventTarget;
  static onResize: () => void;
  isRemoved = false;

  connect_signals(): void {
    PlotView.viewport.addEventListener('resize', () => PlotView.onResize());
  }

  remove(): void {
    this.isRemoved = true;
  }
}

class Plot {
  readonly default_view = PlotView;
}

function library(viewport: EventTarget, onResize: () => void): BokehPlots {
  Object.assign(PlotView, { viewport, onResize });
  return { Models: { get: () => ({ prototype: new Plot() }) } };
}

describe('a plot', () => {
  it('hears the viewport until it is removed, however often that is asked for', () => {
    const viewport = new EventTarget();
    const heard = vi.fn();
    const bokeh = library(viewport, heard);
    releaseViewport(bokeh, viewport);
    releaseViewport(bokeh, viewport);
    const [one, other] = [new PlotView(), new PlotView()];
    one.connect_signals();
    other.connect_signals();
    viewport.dispatchEvent(new Event('resize'));
    expect(heard).toHaveBeenCalledTimes(2);

    one.remove();
    viewport.dispatchEvent(new Event('resize'));

    expect(one.isRemoved).toBe(true);
    expect(other.isRemoved).toBe(false);
    expect(heard).toHaveBeenCalledTimes(3);
  });

  it('leaves the viewport to others as it was', () => {
    const viewport = new EventTarget();
    releaseViewport(
      library(viewport, () => undefined),
      viewport
    );
    new PlotView().connect_signals();

    expect(viewport.addEventListener).toBe(EventTarget.prototype.addEventListener);
  });
});
