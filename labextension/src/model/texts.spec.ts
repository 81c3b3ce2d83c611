import { describe, expect, it } from 'vitest';
import { english, makeRun } from '../testing/builders';
import {
  elapsedSeconds,
  formatBytes,
  formatCount,
  formatDuration,
  formatUtc,
  pastTime,
  relativeTime
} from './format';
import { counterStates, taskStateLabel } from './labels';
import { dagFilePath, pathInLab } from './paths';
import { DEFAULT_SETTINGS, readSettings } from './settings';
import { parseDraft, placeOfField, recentConfs } from './triggerDraft';
import { TASK_STATES, type JsonObject } from './wire';

describe('times and numbers', () => {
  it('read well', () => {
    expect(formatDuration(0.4)).toBe('0.40 s');
    expect(formatDuration(12.34)).toBe('12.3 s');
    expect(formatDuration(245)).toBe('4 min 05 s');
    expect(formatDuration(7500)).toBe('2 h 05 min');
    expect(formatDuration(null)).toBe('–');
    expect(formatBytes(812)).toBe('812 B');
    expect(formatBytes(2 ** 30)).toBe('1.0 GB');
    expect(formatCount(999)).toBe('999');
    expect(formatCount(1234)).toBe('1.2k');
    expect(formatUtc('2026-01-31T13:00:00+01:00')).toBe('2026-01-31 12:00:00 UTC');
  });

  it('are relative to now', () => {
    const now = Date.parse('2026-01-31T12:00:00Z');
    const at = (seconds: number) => new Date(now + seconds * 1000).toISOString();
    expect(relativeTime(at(-3), now, english)).toBe('just now');
    expect(relativeTime(at(-300), now, english)).toBe('5 min ago');
    expect(relativeTime(at(7200), now, english)).toBe('in 2 h');
    expect(pastTime(at(12), now, english)).toBe('just now');
    expect(pastTime(at(-300), now, english)).toBe('5 min ago');
    expect(elapsedSeconds(at(-5), null, now)).toBe(5);
    expect(elapsedSeconds(at(5), null, now)).toBe(0);
    expect(elapsedSeconds(null, null, now)).toBeNull();
  });
});

describe('states', () => {
  it('all have a label of their own', () => {
    const labels = TASK_STATES.map(state => taskStateLabel(state, english));
    expect(new Set(labels).size).toBe(TASK_STATES.length);
  });

  it('that are rare get a counter only when they occur', () => {
    expect(counterStates({})).not.toContain('deferred');
    expect(counterStates({ deferred: 1 })).toContain('deferred');
  });
});

describe('a file of the server', () => {
  it('is named below the DAGs folder', () => {
    expect(dagFilePath('a/etl.py', '/data/dags/')).toBe('/data/dags/a/etl.py');
    expect(dagFilePath('/elsewhere/etl.py', '/data/dags')).toBe('/elsewhere/etl.py');
    expect(dagFilePath('etl.py', '')).toBe('etl.py');
  });

  it('is found under the folder the lab shows', () => {
    expect(pathInLab('/data/dags/etl.py', '/data')).toBe('dags/etl.py');
    expect(pathInLab('/home/ann/lab/dags/etl.py', '~/lab')).toBe('dags/etl.py');
    expect(pathInLab('out/report.ipynb', '/data')).toBe('out/report.ipynb');
    expect(pathInLab('/etc/passwd', '/data')).toBeNull();
    expect(pathInLab('/database/x', '/data')).toBeNull();
  });
});

describe('settings', () => {
  it('fall back where a value makes no sense', () => {
    expect(readSettings({ direction: 'sideways', wrapLog: 'yes' })).toEqual(DEFAULT_SETTINGS);
    expect(readSettings({ direction: 'TB', wrapLog: true, showPaused: true })).toEqual({
      ...DEFAULT_SETTINGS,
      direction: 'TB',
      wrapLog: true,
      showPaused: true
    });
    const search = { user: 'ada', name: 'failures', link: 'browse/runs?state=failed' };
    expect(
      readSettings({
        savedSearches: [search, { name: 'nobody' }, null, 'x'],
        browseColumns: { runs: ['state', 7], jobs: 'all' }
      })
    ).toEqual({
      ...DEFAULT_SETTINGS,
      savedSearches: [search],
      browseColumns: { runs: ['state'], jobs: [] }
    });
    expect(readSettings({ savedSearches: 'x', browseColumns: null })).toEqual(DEFAULT_SETTINGS);
  });
});

describe('what one types to trigger a run', () => {
  const parse = (conf: string, logicalDate = '', runId = '') =>
    parseDraft({ conf, logicalDate, runId }, () => [], english);

  it('becomes a request', () => {
    expect(parse('{"a": 1}', '2026-01-31', ' mine ')).toEqual({
      body: { conf: { a: 1 }, logical_date: '2026-01-31T00:00:00.000+00:00', run_id: 'mine' }
    });
    expect(parse('')).toEqual({ body: { conf: {} } });
    expect(parse('{}', '2026-01-31T13:00+01:00')).toMatchObject({
      body: { logical_date: '2026-01-31T12:00:00.000+00:00' }
    });
  });

  it('is refused with the reason', () => {
    const problems = (...given: [string, string?]) => {
      const found = parse(...given);
      return 'problems' in found
        ? found.problems.map(({ place, message }) => `${place}: ${message}`)
        : [];
    };
    expect(problems('{\n  "a": oops\n}')).toEqual([
      expect.stringMatching(/^conf: Line 2, column 8: a value/)
    ]);
    expect(problems('[1]')).toEqual([expect.stringContaining('must be a JSON object')]);
    for (const date of [
      'soon',
      '2026-02-31',
      '2026-13-01',
      '2026-02-31T00:00Z',
      '2026-02-31T00:00+02:00'
    ]) {
      expect(problems('{}', date)).toEqual([
        expect.stringMatching(/^logicalDate: A date looks like/)
      ]);
    }
  });

  it('has a place for every field the server names', () => {
    expect(
      ['$.conf.rows', '$.conf.deep.a[0]', '$.run_id', '$.logical_date', '$.conf', '$', null].map(
        placeOfField
      )
    ).toEqual(['conf.rows', 'conf.deep.a.0', 'runId', 'logicalDate', 'conf', '', '']);
  });

  it('can begin with what recent runs had, each once', () => {
    const confs: readonly JsonObject[] = [{ a: 1 }, {}, { a: 2 }, { a: 1 }, { a: 3 }];
    const runs = confs.map((conf, index) => makeRun({ run_id: `r${index}`, conf }));
    expect(recentConfs(runs, 2).map(({ run }) => run.run_id)).toEqual(['r0', 'r2']);
  });
});
