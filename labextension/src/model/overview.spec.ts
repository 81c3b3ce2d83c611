import { describe, expect, it } from 'vitest';
import { english, makeRun, T0 } from '../testing/builders';
import { deploymentHealth, poolLoad, restOfRun, runProgress } from './overview';
import type { Health } from './wire';
import type { PoolUse } from './wireActivity';

const START = Date.parse(T0);

function makeHealth(part: Partial<Health> = {}): Health {
  return {
    status: 'healthy',
    version: '1.0',
    engine: { state: 'leading', holder: 'host:7:a-b', heartbeat_at: T0, pid: 7, last_error: null },
    executor: { kind: 'dask', workers: 2, slots: 4, open_attempts: 1 },
    database: { ok: true, dialect: 'sqlite' },
    feed_seq: 1,
    ...part
  };
}

function makePool(part: Partial<PoolUse> = {}): PoolUse {
  return {
    name: 'default_pool',
    slots: 4,
    description: '',
    running: 1,
    queued: 1,
    scheduled: 3,
    deferred: 0,
    open: 2,
    ...part
  };
}

describe('the progress of a run', () => {
  it('counts what has ended, whatever the end, and leaves removed tasks out', () => {
    const counts = {
      success: 3,
      failed: 1,
      skipped: 1,
      upstream_failed: 1,
      running: 2,
      removed: 5
    };
    expect(runProgress(makeRun({ task_counts: counts }))).toEqual({ done: 6, total: 8 });
    expect(runProgress(makeRun())).toEqual({ done: 0, total: 0 });
  });

  it('tells the rest by the usual time, and when it takes longer than that', () => {
    const run = makeRun({ started_at: T0 });
    const rest = (usual: number | null, elapsed: number): string =>
      restOfRun({ run, usual_seconds: usual }, START + elapsed * 1000, english);
    expect(rest(150, 30)).toBe('about 2 min 00 s left');
    expect(rest(60, 90)).toBe('longer than the usual 1 min 00 s');
    expect(rest(null, 30)).toBe('');
    expect(
      restOfRun({ run: makeRun({ started_at: null }), usual_seconds: 9 }, START, english)
    ).toBe('');
  });
});

describe('the load of a pool', () => {
  it('is the part of the slots that are not open', () => {
    expect(poolLoad(makePool())).toEqual({ taken: 2, waiting: 3, share: 0.5 });
  });

  it('is full where there are no slots, and has no share where there is no limit', () => {
    expect(poolLoad(makePool({ slots: 0, open: 0, running: 0, queued: 0 })).share).toBe(1);
    expect(poolLoad(makePool({ slots: -1, open: null })).share).toBeNull();
    expect(poolLoad(makePool({ slots: 1, open: -1 })).share).toBe(1);
  });
});

describe('the health of the deployment', () => {
  const told = (health: Health, status: 'live' | 'connecting' = 'live') =>
    new Map(
      deploymentHealth(health, { status }, START + 5000, english).map(part => [part.id, part])
    );

  it('has nothing to advise when all is well', () => {
    const parts = told(makeHealth());
    expect([...parts.values()].map(part => [part.condition, part.advice])).toEqual(
      Array(4).fill(['good', ''])
    );
    expect(parts.get('engine')?.sentence).toBe(
      'Runs on host, process 7. Last heartbeat: just now.'
    );
    expect(parts.get('executor')?.sentence).toBe('2 workers (Dask), 1 of 4 slots in use.');
  });

  it('says what to do when the engine is away, with its last error if there is one', () => {
    const engine = { state: 'down', holder: null, heartbeat_at: T0, pid: null } as const;
    const parts = told(makeHealth({ engine: { ...engine, last_error: null } }));
    expect(parts.get('engine')?.condition).toBe('bad');
    expect(parts.get('engine')?.advice).toContain('jupyter couture engine');
    const failed = told(makeHealth({ engine: { ...engine, last_error: 'no port' } }));
    expect(failed.get('engine')?.advice).toBe('no port');
  });

  it('tells of a database that is away, of full slots, and of a missing connection', () => {
    const parts = told(
      makeHealth({
        database: { ok: false, dialect: '' },
        executor: { kind: 'local', workers: 1, slots: 2, open_attempts: 2 }
      }),
      'connecting'
    );
    expect(parts.get('database')?.condition).toBe('bad');
    expect(parts.get('executor')?.advice).toContain('slots_per_worker');
    expect(parts.get('executor')?.sentence).toContain('local processes');
    expect(parts.get('live')?.condition).toBe('changing');
  });
});
