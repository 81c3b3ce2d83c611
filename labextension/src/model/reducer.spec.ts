import { describe, expect, it } from 'vitest';
import { T1, makeRow, makeRun, makeTask, runEvent, taskEvent } from '../testing/builders';
import { reduce, type Action } from './reducer';
import { INITIAL_STATE, runKey, type CoutureState } from './state';
import { tasksOf } from './selectors';

function play(...actions: readonly Action[]): CoutureState {
  return actions.reduce(reduce, INITIAL_STATE);
}

const loading: Action = { type: 'tasks.loading', dagId: 'etl', runId: 'run-1' };

function loaded(seq: number, ...tasks: ReturnType<typeof makeTask>[]): Action {
  return { type: 'tasks.loaded', dagId: 'etl', runId: 'run-1', list: { tasks, feed_seq: seq } };
}

function task(state: CoutureState, id: string) {
  return tasksOf(state, 'etl', 'run-1')?.tasks.get(id);
}

describe('task events', () => {
  it('change only the task they are about', () => {
    const before = play(loading, loaded(5, makeTask(), makeTask({ task_id: 'load' })));
    const after = reduce(before, { type: 'events', events: [taskEvent(6, 'extract', 'running')] });
    expect(task(after, 'extract')).toMatchObject({ state: 'running', seq: 6, changed_at: T1 });
    expect(task(after, 'load')).toBe(task(before, 'load'));
  });

  it('that are not newer than the snapshot change nothing', () => {
    const before = play(loading, loaded(5, makeTask({ state: 'success' })));
    const after = reduce(before, { type: 'events', events: [taskEvent(5, 'extract', 'running')] });
    expect(task(after, 'extract')).toBe(task(before, 'extract'));
  });

  it('that arrive while a snapshot is under way are applied to it', () => {
    const state = play(
      loading,
      {
        type: 'events',
        events: [taskEvent(7, 'extract', 'success'), taskEvent(4, 'load', 'queued')]
      },
      loaded(6, makeTask({ state: 'running' }), makeTask({ task_id: 'load', state: 'running' }))
    );
    expect(task(state, 'extract')?.state).toBe('success');
    expect(task(state, 'load')?.state).toBe('running');
  });

  it('survive a snapshot that was taken before them', () => {
    const state = play(
      loading,
      loaded(5, makeTask()),
      { type: 'events', events: [taskEvent(9, 'extract', 'running')] },
      loading,
      loaded(8, makeTask({ state: 'queued' }))
    );
    expect(task(state, 'extract')?.state).toBe('running');
  });

  it('of a run nobody shows are not kept', () => {
    const state = play({ type: 'events', events: [taskEvent(3, 'extract', 'running')] });
    expect(state.tasks.size).toBe(0);
    expect(state.seq).toBe(3);
  });

  it('give the duration once both ends are known', () => {
    const state = play(loading, loaded(1, makeTask()), {
      type: 'events',
      events: [
        taskEvent(2, 'extract', 'success', {
          started_at: '2026-01-31T12:00:00+00:00',
          ended_at: '2026-01-31T12:00:02.500000+00:00'
        })
      ]
    });
    expect(task(state, 'extract')?.duration_seconds).toBe(2.5);
  });

  it('of a new try forget the progress of the one before', () => {
    const progress = { done: 2, total: 5, label: 'cell 2' };
    const state = play(loading, loaded(1, makeTask({ try_number: 1, progress })), {
      type: 'events',
      events: [taskEvent(2, 'extract', 'running', { try_number: 2 })]
    });
    expect(task(state, 'extract')?.progress).toBeNull();
  });

  it('make instances of a mapped task, and the one that stood for them goes', () => {
    const state = play(loading, loaded(1, makeTask()), {
      type: 'events',
      events: [0, 1, 2].map(index =>
        taskEvent(2 + index, 'extract', index === 1 ? 'failed' : 'success', { map_index: index })
      )
    });
    const tasks = state.tasks.get(runKey('etl', makeTask().run_id))?.tasks;
    expect([...(tasks?.keys() ?? [])]).toEqual(['extract[0]', 'extract[1]', 'extract[2]']);
    expect(tasks?.get('extract[1]')).toMatchObject({ state: 'failed', operator: 'PythonOperator' });
  });

  it('end in the same state in any split into batches', () => {
    const events = [1, 2, 3, 4].map(seq =>
      taskEvent(
        seq,
        'extract',
        (['queued', 'running', 'failed', 'success'] as const)[seq - 1] ?? 'none'
      )
    );
    const base = play(loading, loaded(0, makeTask()));
    const once = reduce(base, { type: 'events', events });
    const single = events.reduce(
      (state, event) => reduce(state, { type: 'events', events: [event] }),
      base
    );
    const replayed = reduce(single, { type: 'events', events });
    expect(task(single, 'extract')).toEqual(task(once, 'extract'));
    expect(task(replayed, 'extract')).toBe(task(single, 'extract'));
  });
});

describe('run events', () => {
  const runs: Action = {
    type: 'runs.loaded',
    dagId: 'etl',
    list: { runs: [makeRun()], total: 1, feed_seq: 4 }
  };

  it('change the run and the last run of the row', () => {
    const row = makeRow({ last_run: makeRun() });
    const state = play(
      runs,
      { type: 'dag.loaded', row },
      {
        type: 'events',
        events: [runEvent(5, { state: 'success', ended_at: T1 })]
      }
    );
    expect(state.runs.get('etl')?.runs[0]).toMatchObject({ state: 'success', duration_seconds: 5 });
    expect(state.dags.get('etl')?.last_run?.state).toBe('success');
  });

  it('are not undone by an older list', () => {
    const state = play(runs, { type: 'events', events: [runEvent(9, { state: 'failed' })] }, runs);
    expect(state.runs.get('etl')?.runs[0]?.state).toBe('failed');
  });
});

describe('the table of DAGs', () => {
  const list = { dags: [makeRow()], total: 1, hidden_paused: 2, feed_seq: 1 };

  it('keeps a row that did not change', () => {
    const before = play({ type: 'dags.loaded', table: 'page', list });
    const after = reduce(before, {
      type: 'dags.loaded',
      table: 'page',
      list: { ...list, dags: [makeRow()] }
    });
    expect(after.dags.get('etl')).toBe(before.dags.get('etl'));
    expect(after.tables.page.hiddenPaused).toBe(2);
  });

  it('drops a removed DAG and takes it back when it returns', () => {
    const base = { at: T1, run_id: null, task_id: null, map_index: null, dag_id: 'etl' } as const;
    const gone = play(
      { type: 'dags.loaded', table: 'page', list },
      { type: 'events', events: [{ ...base, seq: 2, kind: 'dag.removed', data: {} }] }
    );
    expect(gone.dags.has('etl')).toBe(false);
    expect(gone.removed.has('etl')).toBe(true);
    const back = reduce(gone, {
      type: 'events',
      events: [{ ...base, seq: 3, kind: 'dag.changed', data: { is_paused: false, version: 'v2' } }]
    });
    expect(back.removed.has('etl')).toBe(false);
  });

  it('shows a wish at once and forgets it when answered', () => {
    const asked = play({ type: 'change', dagId: 'etl', change: { paused: true } });
    expect(asked.changes.get('etl')?.paused).toBe(true);
    const answered = reduce(asked, { type: 'change', dagId: 'etl', change: { paused: undefined } });
    expect(answered.changes.size).toBe(0);
  });

  it('adds a run that was just created, once', () => {
    const runs: Action = {
      type: 'runs.loaded',
      dagId: 'etl',
      list: { runs: [], total: 0, feed_seq: 1 }
    };
    const created: Action = { type: 'run.created', run: makeRun() };
    expect(play(runs, created, created).runs.get('etl')?.runs).toHaveLength(1);
  });
});

describe('closing', () => {
  it('forgets tasks and ignores a snapshot that comes late', () => {
    const state = play(
      loading,
      { type: 'tasks.closed', dagId: 'etl', runId: 'run-1' },
      loaded(3, makeTask())
    );
    expect(state.tasks.has(runKey('etl', 'run-1'))).toBe(false);
  });
});
