import { useState, type PointerEvent } from 'react';
import { formatDuration } from '../model/format';
import type { Translate } from '../model/labels';
import { pathOf, pointAt, type Point } from '../model/usage';

export interface TimeLineProps {
  /** Which line, for tests and its colour. */
  readonly kind: string;
  readonly title: string;
  readonly points: readonly Point[];
  /** Where the axis of time ends. */
  readonly seconds: number;
  /** Where the axis of values ends. */
  readonly ceiling: number;
  readonly mean: number;
  readonly peak: Point;
  readonly format: (value: number) => string;
  readonly trans: Translate;
}

/** The drawing is stretched to its place; only the line keeps its width. */
const SIZE = { width: 1000, height: 100 };

/** A small line over time with its peak and average; the pointer reads single values. */
export function TimeLine(props: TimeLineProps): JSX.Element {
  const { kind, title, points, seconds, ceiling, mean, peak, format, trans } = props;
  const [pointed, setPointed] = useState<number | null>(null);
  const end: Point = { at: seconds, value: ceiling };
  const found = pointed === null ? null : pointAt(points, pointed);
  const summary = trans.__(
    'peak %1 at %2 · average %3',
    format(peak.value),
    formatDuration(peak.at),
    format(mean)
  );
  const onPointerMove = (event: PointerEvent<SVGSVGElement>): void => {
    const box = event.currentTarget.getBoundingClientRect();
    setPointed(((event.clientX - box.left) / (box.width || 1)) * seconds);
  };
  const x = (at: number): number => (at / (seconds || 1)) * SIZE.width;
  const y = (value: number): number => SIZE.height * (1 - Math.min(1, value / ceiling));
  return (
    <figure className="couture-TimeLine" data-couture="timeline" data-kind={kind}>
      <figcaption>
        <strong>{title}</strong>{' '}
        <span className="couture-number" data-couture="timeline-summary">
          {found ? trans.__('%1 at %2', format(found.value), formatDuration(found.at)) : summary}
        </span>
      </figcaption>
      <div className="couture-TimeLine-plot">
        <div className="couture-TimeLine-values couture-number" aria-hidden="true">
          <span>{format(ceiling)}</span>
          <span>{format(ceiling / 2)}</span>
          <span>{format(0)}</span>
        </div>
        <svg
          viewBox={`0 0 ${SIZE.width} ${SIZE.height}`}
          preserveAspectRatio="none"
          role="img"
          aria-label={`${title}: ${summary}`}
          onPointerMove={onPointerMove}
          onPointerLeave={() => setPointed(null)}
        >
          {[0, 0.5, 1].map(part => (
            <line
              key={part}
              className="couture-TimeLine-grid"
              x1={0}
              x2={SIZE.width}
              y1={part * SIZE.height}
              y2={part * SIZE.height}
            />
          ))}
          <path className="couture-TimeLine-area" d={pathOf(points, end, SIZE, true)} />
          <path className="couture-TimeLine-line" d={pathOf(points, end, SIZE, false)} />
          <line
            className="couture-TimeLine-mean"
            x1={0}
            x2={SIZE.width}
            y1={y(mean)}
            y2={y(mean)}
          />
          {found && (
            <line
              className="couture-TimeLine-pointer"
              x1={x(found.at)}
              x2={x(found.at)}
              y1={0}
              y2={SIZE.height}
            />
          )}
        </svg>
        <div className="couture-TimeLine-times couture-number" aria-hidden="true">
          <span>0 s</span>
          <span>{formatDuration(seconds / 2)}</span>
          <span>{formatDuration(seconds)}</span>
        </div>
      </div>
    </figure>
  );
}
