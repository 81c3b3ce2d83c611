import { describe, expect, it } from 'vitest';
import { Allowance } from './allowance';

const ANSWER_MS = 50;

/** The rests after answers that follow each other as fast as they are allowed to. */
function rests(allowance: Allowance, clock: { now: number }, count: number): number[] {
  return Array.from({ length: count }, () => {
    clock.now += ANSWER_MS;
    const rest = allowance.restAfter(ANSWER_MS);
    clock.now += rest;
    return rest;
  });
}

describe('the rest between two questions', () => {
  it('is short for the first few and grows to many times the answer', () => {
    const clock = { now: 1000 };
    const all = rests(new Allowance(() => clock.now), clock, 40);
    expect(all.slice(0, 6)).toEqual(Array(6).fill(100));
    const [last = 0] = all.slice(-1);
    expect(last).toBeGreaterThan(8 * ANSWER_MS);
    expect(last).toBeLessThanOrEqual(10 * ANSWER_MS);
  });

  it('is short again after a quiet time', () => {
    const clock = { now: 0 };
    const allowance = new Allowance(() => clock.now);
    rests(allowance, clock, 40);
    clock.now += 10_000;
    expect(rests(allowance, clock, 6)).toEqual(Array(6).fill(100));
  });

  it('is never longer than a second', () => {
    const clock = { now: 0 };
    const allowance = new Allowance(() => clock.now);
    expect(allowance.restAfter(60_000)).toBe(1000);
  });
});
