/** A plot that is removed must leave nothing at the window: BokehJS 3.9 leaves a listener there, and with it the plot. */
import type { BokehPlots, BokehPlotView } from '../model/bokeh';

const MARK = Symbol.for('jupyter-couture.viewport');

type Marked = BokehPlotView & { [MARK]?: true };

/** From now on removed plots take along what they listen to at the viewport. The panels and the widgets may both ask. */
export function releaseViewport(bokeh: BokehPlots, viewport: EventTarget): void {
  const plots: Marked = bokeh.Models.get('Plot').prototype.default_view.prototype;
  if (plots[MARK]) {
    return;
  }
  plots[MARK] = true;
  const connect = plots.connect_signals;
  plots.connect_signals = function (this: BokehPlotView): void {
    const taken: Parameters<EventTarget['addEventListener']>[] = [];
    // Its own property hides the method of the viewport for as long as the plot connects itself, which is at once.
    viewport.addEventListener = (...given: Parameters<EventTarget['addEventListener']>) => {
      taken.push(given);
      EventTarget.prototype.addEventListener.apply(viewport, given);
    };
    try {
      connect.call(this);
    } finally {
      Reflect.deleteProperty(viewport, 'addEventListener');
    }
    const remove = this.remove.bind(this);
    this.remove = () => {
      taken.forEach(([type, listener]) => viewport.removeEventListener(type, listener));
      remove();
    };
  };
}
