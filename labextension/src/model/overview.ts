/** What the overview says of runs, pools and the parts of the deployment. Pure; `now` is in milliseconds. */
import { elapsedSeconds, formatDuration, relativeTime } from './format';
import type { Translate } from './labels';
import type { CoutureState } from './state';
import type { Health, Run } from './wire';
import type { ActiveRun, PoolUse } from './wireActivity';

const DONE = ['success', 'failed', 'skipped', 'upstream_failed'] as const;

export interface RunProgress {
  readonly done: number;
  readonly total: number;
}

/** Task instances that have ended, and all that the run has; removed ones are no part of it any more. */
export function runProgress(run: Run): RunProgress {
  const counts = run.task_counts;
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const done = DONE.reduce((sum, state) => sum + (counts[state] ?? 0), 0);
  return { done, total: total - (counts.removed ?? 0) };
}

/** How long a run still takes if it is like those before it: "about 2 min left". Empty if nothing is known. */
export function restOfRun(
  { run, usual_seconds }: ActiveRun,
  now: number,
  trans: Translate
): string {
  const elapsed = elapsedSeconds(run.started_at, null, now);
  if (usual_seconds === null || elapsed === null) {
    return '';
  }
  const rest = usual_seconds - elapsed;
  return rest > 0
    ? trans.__('about %1 left', formatDuration(Math.max(1, Math.round(rest))))
    : trans.__('longer than the usual %1', formatDuration(usual_seconds));
}

/** Slots in use, and wanted beyond them. `share` is the part of the slots in use, null without a limit. */
export interface PoolLoad {
  readonly taken: number;
  readonly waiting: number;
  readonly share: number | null;
}

export function poolLoad(pool: PoolUse): PoolLoad {
  const taken =
    pool.slots < 0 || pool.open === null ? pool.running + pool.queued : pool.slots - pool.open;
  const share = pool.slots < 0 ? null : pool.slots === 0 ? 1 : Math.min(1, taken / pool.slots);
  return { taken, waiting: pool.scheduled, share };
}

export type Condition = 'good' | 'changing' | 'bad';

/** One part of the deployment: how it is, in a sentence, and what to do if it is not well. */
export interface PartHealth {
  readonly id: 'engine' | 'executor' | 'database' | 'live';
  readonly name: string;
  readonly condition: Condition;
  readonly sentence: string;
  readonly advice: string;
}

export function deploymentHealth(
  health: Health,
  connection: CoutureState['connection'],
  now: number,
  trans: Translate
): readonly PartHealth[] {
  return [
    engineHealth(health, now, trans),
    executorHealth(health, trans),
    databaseHealth(health, trans),
    liveHealth(connection, trans)
  ];
}

function engineHealth({ engine }: Health, now: number, trans: Translate): PartHealth {
  const part = { id: 'engine', name: trans.__('Engine') } as const;
  const heartbeat = relativeTime(engine.heartbeat_at, now, trans);
  switch (engine.state) {
    case 'leading':
      return {
        ...part,
        condition: 'good',
        sentence: trans.__(
          'Runs on %1. Last heartbeat: %2.',
          placeOf(engine.holder, trans),
          heartbeat
        ),
        advice: ''
      };
    case 'starting':
      return {
        ...part,
        condition: 'changing',
        sentence: trans.__('It is starting. Runs wait for it a few seconds.'),
        advice: engine.last_error ?? ''
      };
    case 'down':
      return {
        ...part,
        condition: 'bad',
        sentence: engine.heartbeat_at
          ? trans.__('None leads: nothing new starts. Last heartbeat: %1.', heartbeat)
          : trans.__('None leads: nothing new starts.'),
        advice:
          engine.last_error ??
          trans.__(
            'The server starts one by itself, unless c.Couture.engine is "off"; then run "jupyter couture engine".'
          )
      };
  }
}

/** Host and process of an engine, whose name is `host:pid:…`. */
function placeOf(holder: string | null, trans: Translate): string {
  const [host, pid] = (holder ?? '').split(':');
  return host && pid ? trans.__('%1, process %2', host, pid) : (holder ?? '–');
}

function executorHealth({ executor, engine }: Health, trans: Translate): PartHealth {
  const part = { id: 'executor', name: trans.__('Workers') } as const;
  const taken = Math.min(executor.open_attempts, executor.slots);
  const busy = trans.__('%1 of %2 slots in use', taken, executor.slots);
  const kind = executor.kind === 'dask' ? trans.__('Dask') : trans.__('local processes');
  const sentence = `${trans._n('%1 worker', '%1 workers', executor.workers)} (${kind}), ${busy}.`;
  if (engine.state === 'down') {
    return {
      ...part,
      condition: 'changing',
      sentence,
      advice: trans.__('Tasks under way go on without the engine; new ones wait for it.')
    };
  }
  const isFull = executor.open_attempts >= executor.slots;
  return {
    ...part,
    condition: 'good',
    sentence,
    advice: isFull
      ? trans.__(
          'All slots are in use: further tasks wait. The settings "workers" and "slots_per_worker" add some.'
        )
      : ''
  };
}

function databaseHealth({ database }: Health, trans: Translate): PartHealth {
  const part = { id: 'database', name: trans.__('Database') } as const;
  const kinds: Readonly<Record<string, string>> = { sqlite: 'SQLite', postgresql: 'PostgreSQL' };
  return database.ok
    ? {
        ...part,
        condition: 'good',
        sentence: trans.__('%1 answers.', kinds[database.dialect] ?? database.dialect),
        advice: ''
      }
    : {
        ...part,
        condition: 'bad',
        sentence: trans.__('It does not answer.'),
        advice: trans.__("Look at its disk or its server; the Jupyter server's log has the error.")
      };
}

function liveHealth(connection: CoutureState['connection'], trans: Translate): PartHealth {
  const part = { id: 'live', name: trans.__('Live updates') } as const;
  switch (connection.status) {
    case 'live':
      return {
        ...part,
        condition: 'good',
        sentence: trans.__('Changes show at once.'),
        advice: ''
      };
    case 'connecting':
      return { ...part, condition: 'changing', sentence: trans.__('Connecting.'), advice: '' };
    case 'disconnected':
      return {
        ...part,
        condition: 'bad',
        sentence: trans.__('Disconnected: what you see may be old.'),
        advice: trans.__('This page keeps trying. Is the Jupyter server running?')
      };
  }
}
