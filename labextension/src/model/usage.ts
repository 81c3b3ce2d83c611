/** What an attempt used, made ready to be drawn and told. */
import type { UsageSample } from './wireUsage';

export interface Point {
  /** Seconds after the beginning. */
  readonly at: number;
  readonly value: number;
}

export interface Summary {
  readonly seconds: number;
  readonly cpuSeconds: number;
  /** Of one core: four busy ones are 400. */
  readonly meanPercent: number;
  readonly peakPercent: Point;
  readonly meanBytes: number;
  readonly peakBytes: Point;
  readonly processes: number;
}

const START: UsageSample = { seconds: 0, cpu_seconds: 0, memory_bytes: 0, processes: 0 };
const NONE: Point = { at: 0, value: 0 };
/** Less time than this between two samples tells no rate: the kernel counts in hundredths. */
const SHORTEST_SECONDS = 0.1;
const SOON_MS = 2000;
const LATE_MS = 30_000;

/** Percent of one core over each stretch between two samples, at its end; the first one from the beginning. */
export function cpuPoints(samples: readonly UsageSample[]): readonly Point[] {
  const points: Point[] = [];
  let before = START;
  for (const sample of samples) {
    const seconds = sample.seconds - before.seconds;
    if (seconds >= SHORTEST_SECONDS) {
      const value = (100 * (sample.cpu_seconds - before.cpu_seconds)) / seconds;
      if (points.length === 0) {
        points.push({ at: 0, value });
      }
      points.push({ at: sample.seconds, value });
      before = sample;
    }
  }
  return points;
}

/** Bytes over time, from nothing. */
export function memoryPoints(samples: readonly UsageSample[]): readonly Point[] {
  return samples.length === 0
    ? []
    : [NONE, ...samples.map(sample => ({ at: sample.seconds, value: sample.memory_bytes }))];
}

/** Peaks and averages; null without samples. */
export function summaryOf(samples: readonly UsageSample[]): Summary | null {
  const last = samples.at(-1);
  if (!last) {
    return null;
  }
  const seconds = Math.max(last.seconds, SHORTEST_SECONDS);
  return {
    seconds: last.seconds,
    cpuSeconds: last.cpu_seconds,
    meanPercent: (100 * last.cpu_seconds) / seconds,
    peakPercent: highest(cpuPoints(samples)),
    meanBytes: meanOf(samples),
    peakBytes: highest(memoryPoints(samples)),
    processes: Math.max(...samples.map(sample => sample.processes))
  };
}

function highest(points: readonly Point[]): Point {
  return points.reduce((best, point) => (point.value > best.value ? point : best), NONE);
}

/** Each sample stands for the stretch before it. */
function meanOf(samples: readonly UsageSample[]): number {
  let before = 0;
  let sum = 0;
  for (const { seconds, memory_bytes: bytes } of samples) {
    sum += bytes * (seconds - before);
    before = seconds;
  }
  return before > 0 ? sum / before : (samples.at(-1)?.memory_bytes ?? 0);
}

/** The end of an axis of percents: 100, or a round number above. */
export function percentCeiling(value: number): number {
  const steps = [100, 150, 200, 300, 400, 600, 800, 1200, 1600];
  return steps.find(step => value <= step * 1.05) ?? Math.ceil(value / 800) * 800;
}

/** The end of an axis of bytes: 16 MB, or a round number above. */
export function bytesCeiling(value: number): number {
  let step = 16 * 1024 * 1024;
  while (step < value) {
    if (step * 1.5 >= value) {
      return step * 1.5;
    }
    step *= 2;
  }
  return step;
}

/** A line through the points in a box of this size, its origin below left; `area` closes it along the floor. */
export function pathOf(
  points: readonly Point[],
  end: Point,
  size: { readonly width: number; readonly height: number },
  area: boolean
): string {
  const first = points[0];
  const last = points.at(-1);
  if (!first || !last) {
    return '';
  }
  const x = (at: number): string => ((at / (end.at || 1)) * size.width).toFixed(1);
  const y = (value: number): string =>
    (size.height * (1 - Math.min(1, value / (end.value || 1)))).toFixed(1);
  const line = points.map(({ at, value }) => `${x(at)},${y(value)}`).join('L');
  const floor = size.height.toFixed(1);
  return area ? `M${x(first.at)},${floor}L${line}L${x(last.at)},${floor}Z` : `M${line}`;
}

/** The point nearest in time; null if there is none. */
export function pointAt(points: readonly Point[], at: number): Point | null {
  return points.reduce<Point | null>(
    (nearest, point) =>
      nearest === null || Math.abs(point.at - at) < Math.abs(nearest.at - at) ? point : nearest,
    null
  );
}

/** How long until it is worth asking again: as long as the newest samples are apart. */
export function askAgainMs(samples: readonly UsageSample[]): number {
  const [last, before] = [samples.at(-1), samples.at(-2)];
  const gap = last && before ? (last.seconds - before.seconds) * 1000 : 0;
  return Math.min(LATE_MS, Math.max(SOON_MS, gap));
}
