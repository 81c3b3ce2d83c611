import { useEffect, useImperativeHandle, useRef, type Ref } from 'react';
import type { BokehLibrary } from '../../model/bokeh';
import type { Chart, ChartRef } from '../../model/wireCharts';
import { FigureHandle } from './figureHandle';

/** What buttons around the figure ask of it. */
export interface FigureControls {
  zoom(factor: number): void;
  reset(): void;
}

export interface BokehFigureProps {
  readonly chart: Chart;
  /** In pixels; the chart's own if absent. */
  readonly height?: number;
  /** Read out in place of the drawing. */
  readonly label: string;
  /** Names the theme; when it changes, the colours are taken anew. */
  readonly theme: string;
  /** Milliseconds, renewed while something is under way. */
  readonly now: number;
  /** Tasks (or pools) that stand out; empty: all are equal. */
  readonly focus: ReadonlySet<string>;
  /** Names what is looked at; when it changes, all of it is shown. */
  readonly view: string;
  readonly controls?: Ref<FigureControls>;
  readonly load: (version: string) => Promise<BokehLibrary>;
  readonly onSelect: (ref: ChartRef) => void;
  readonly onFailed: (error: unknown) => void;
}

/** A Bokeh figure. It is built once and changed in place when the chart has newer values. */
export function BokehFigure(props: BokehFigureProps): JSX.Element {
  const { chart, label, theme, now, focus, view } = props;
  const height = props.height ?? chart.height;
  const node = useRef<HTMLDivElement>(null);
  const handle = useRef<FigureHandle | null>(null);
  const latest = useRef(props);
  latest.current = props;
  // The server's clock may differ from the browser's.
  const skew = useRef(0);
  skew.current = Date.parse(chart.now);
  const fetchedAt = useRef(0);
  useEffect(() => {
    fetchedAt.current = Date.now();
  }, [chart.now]);

  useEffect(() => {
    const target = node.current;
    if (!target) {
      return undefined;
    }
    let isCurrent = true;
    const build = async (): Promise<void> => {
      const bokeh = await latest.current.load(chart.version);
      if (!isCurrent) {
        return;
      }
      const made = await FigureHandle.embed(bokeh, chart.item, target, ref =>
        latest.current.onSelect(ref)
      );
      if (!isCurrent) {
        made.dispose();
        return;
      }
      handle.current = made;
      made.paint();
      made.apply(latest.current.chart.models, latest.current.height ?? latest.current.chart.height);
      made.focus(latest.current.focus);
      target.dataset['ready'] = 'true';
    };
    build().catch((error: unknown) => isCurrent && latest.current.onFailed(error));
    return () => {
      isCurrent = false;
      handle.current?.dispose();
      handle.current = null;
      delete target.dataset['ready'];
    };
  }, [chart.item, chart.version]);

  useEffect(() => handle.current?.apply(chart.models, height), [chart.models, height]);
  useEffect(() => handle.current?.reset(), [view]);
  useEffect(() => handle.current?.paint(), [theme]);
  useEffect(() => handle.current?.focus(focus), [focus]);
  useEffect(() => {
    const passed = Math.max(0, Date.now() - fetchedAt.current);
    handle.current?.tick(skew.current + passed);
  }, [now, chart.models]);
  useImperativeHandle(
    props.controls,
    () => ({
      zoom: factor => handle.current?.zoom(factor),
      reset: () => handle.current?.reset()
    }),
    []
  );
  return (
    <div
      ref={node}
      className="couture-Figure"
      style={{ minHeight: height }}
      role="figure"
      aria-label={label}
      data-couture="figure"
      data-stamp={chart.stamp}
    />
  );
}
