import { describe, expect, it } from 'vitest';
import { runEvent } from '../testing/builders';
import { FailureGathering, failedRuns, NOTIFY_MS } from './failures';

const run = (runId: string, dagId = 'etl') => ({ dagId, runId });

describe('the failures among events', () => {
  it('are the runs that failed, and nothing else', () => {
    const events = [
      runEvent(1, { run_id: 'a', state: 'running' }),
      runEvent(2, { run_id: 'a', state: 'failed' }),
      runEvent(3, { run_id: 'b', state: 'success' })
    ];
    expect(failedRuns(events)).toEqual([run('a')]);
  });
});

describe('gathered failures', () => {
  it('are told at once after a quiet time, and together within 5 seconds', () => {
    const gathering = new FailureGathering();
    expect(gathering.take(0)).toBeNull();
    gathering.add([run('a')]);
    expect(gathering.take(1000)).toEqual({ run: run('a'), others: 0 });
    for (let number = 0; number < 13; number += 1) {
      gathering.add([run(`r${number}`)]);
      expect(gathering.take(2000)).toBeNull();
    }
    expect(gathering.wait(2000)).toBe(NOTIFY_MS - 1000);
    expect(gathering.take(1000 + NOTIFY_MS)).toEqual({ run: run('r12'), others: 12 });
    expect(gathering.wait(7000)).toBeNull();
  });
});
