import { describe, expect, it } from 'vitest';
import { attemptOf, newestOfTries } from './attempts';
import type { Attempt } from './wire';

function attempt(attempt_id: string, try_number: number, state: Attempt['state']): Attempt {
  return {
    attempt_id,
    try_number,
    state,
    dispatched_at: '2026-01-01T00:00:00+00:00',
    started_at: null,
    ended_at: null,
    duration_seconds: null,
    host: null,
    pid: null,
    exit_code: null,
    error: null,
    log_size: 0,
    cpu_seconds: null,
    peak_memory_bytes: null
  };
}

describe('attempts', () => {
  // A sensor that looked and put itself off, then failed, and is tried again.
  const attempts = [
    attempt('looked', 1, 'success'),
    attempt('failed', 1, 'failed'),
    attempt('again', 2, 'running')
  ];

  it('of one try are told by the newest', () => {
    expect(attemptOf(attempts, 1)?.attempt_id).toBe('failed');
    expect(attemptOf(attempts, 3)).toBeUndefined();
    expect(newestOfTries(attempts).map(each => each.attempt_id)).toEqual(['failed', 'again']);
  });
});
