import { describe, expect, it } from 'vitest';
import { CELL, namesWidth, squaresWidth } from './metrics';

describe('the width of the names', () => {
  it('leaves two columns in sight, however narrow the frame and however many the runs', () => {
    for (let frame = 2 * CELL; frame <= 1600; frame += 7) {
      for (const runs of [0, 1, 2, 25, 365]) {
        expect(frame - namesWidth(frame, runs)).toBeGreaterThanOrEqual(2 * CELL);
      }
    }
  });

  it('is what few runs leave free, a part of the frame beside many', () => {
    expect(namesWidth(347, 2)).toBe(347 - squaresWidth(2));
    expect(namesWidth(347, 365)).toBe(130);
    expect(namesWidth(800, 365)).toBe(240);
    expect(namesWidth(1600, 2)).toBe(320);
    expect(namesWidth(100, 25)).toBe(64);
  });
});
