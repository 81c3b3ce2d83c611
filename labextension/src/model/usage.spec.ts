import { describe, expect, it } from 'vitest';
import {
  askAgainMs,
  bytesCeiling,
  cpuPoints,
  memoryPoints,
  pathOf,
  percentCeiling,
  pointAt,
  summaryOf
} from './usage';
import type { UsageSample } from './wireUsage';

const MB = 1024 * 1024;

function sample(seconds: number, cpu: number, megabytes: number, processes = 1): UsageSample {
  return { seconds, cpu_seconds: cpu, memory_bytes: megabytes * MB, processes };
}

const LIFE = [sample(1, 0.5, 10), sample(2, 2.5, 200, 3), sample(4, 3.5, 100)];

describe('usage', () => {
  it('says how busy the processors were between two samples', () => {
    expect(cpuPoints(LIFE)).toEqual([
      { at: 0, value: 50 },
      { at: 1, value: 50 },
      { at: 2, value: 200 },
      { at: 4, value: 50 }
    ]);
  });

  it('does not divide by no time', () => {
    const points = cpuPoints([sample(1, 0.5, 10), sample(1, 0.9, 10), sample(2, 1.5, 10)]);
    expect(points.map(point => point.value)).toEqual([50, 50, 100]);
  });

  it('tells peaks with their time, and averages over time', () => {
    expect(summaryOf(LIFE)).toEqual({
      seconds: 4,
      cpuSeconds: 3.5,
      meanPercent: 87.5,
      peakPercent: { at: 2, value: 200 },
      meanBytes: ((10 + 200 + 200) / 4) * MB,
      peakBytes: { at: 2, value: 200 * MB },
      processes: 3
    });
    expect(summaryOf([])).toBeNull();
  });

  it('ends axes at round numbers that hold everything', () => {
    expect([3, 100, 104, 130, 399, 2500].map(percentCeiling)).toEqual([
      100, 100, 100, 150, 400, 3200
    ]);
    expect([0, 10, 20, 30, 210, 300].map(size => bytesCeiling(size * MB) / MB)).toEqual([
      16, 16, 24, 32, 256, 384
    ]);
  });

  it('draws a line, and the area under it', () => {
    const size = { width: 100, height: 10 };
    const end = { at: 4, value: 200 * MB };
    expect(pathOf(memoryPoints(LIFE), end, size, false)).toBe(
      'M0.0,10.0L25.0,9.5L50.0,0.0L100.0,5.0'
    );
    expect(pathOf(memoryPoints(LIFE), end, size, true)).toBe(
      'M0.0,10.0L0.0,10.0L25.0,9.5L50.0,0.0L100.0,5.0L100.0,10.0Z'
    );
    expect(pathOf([], end, size, false)).toBe('');
  });

  it('finds what the pointer is at', () => {
    expect(pointAt(memoryPoints(LIFE), 2.9)?.at).toBe(2);
    expect(pointAt(memoryPoints(LIFE), 3.1)?.at).toBe(4);
    expect(pointAt([], 1)).toBeNull();
  });

  it('asks again no oftener than there is news', () => {
    expect(askAgainMs([])).toBe(2000);
    expect(askAgainMs([sample(1, 0, 1), sample(2, 0, 1)])).toBe(2000);
    expect(askAgainMs([sample(600, 0, 1), sample(610, 0, 1)])).toBe(10_000);
    expect(askAgainMs([sample(0, 0, 1), sample(864, 0, 1)])).toBe(30_000);
  });
});
