import { describe, expect, it } from 'vitest';
import { english } from '../testing/builders';
import {
  ACT_KINDS,
  actBody,
  actRoute,
  confirmLabel,
  doneLabel,
  flagText,
  flagsOf,
  newAct,
  previewQuery,
  withFlag,
  type ActFlag,
  type TaskAct
} from './taskAct';

const plain = { dagId: 'etl', runId: 'r1', taskId: 'load', mapIndex: -1 };
const mapped = { ...plain, mapIndex: 3 };

function act(kind: TaskAct['kind'], ...flags: ActFlag[]): TaskAct {
  return { kind, flags: new Set(flags) };
}

describe('an action on a task', () => {
  it('has the toggles of Airflow, and all instances where there are several', () => {
    expect(flagsOf('run', plain)).toEqual([
      'ignore_all_dependencies',
      'ignore_task_state',
      'ignore_task_dependencies'
    ]);
    expect(flagsOf('success', plain)).toEqual(['past', 'future', 'upstream', 'downstream']);
    expect(flagsOf('failed', plain)).toEqual(flagsOf('success', plain));
    expect(flagsOf('clear', plain)).toContain('recursive');
    expect(flagsOf('clear', mapped)[0]).toBe('all_instances');
    expect(flagsOf('run', mapped)).toEqual(flagsOf('run', plain));
  });

  it('asks the server with every toggle that is on, and for one instance unless all are meant', () => {
    expect(previewQuery(act('clear', 'past', 'only_failed'), plain)).toEqual({
      past: true,
      only_failed: true
    });
    expect(previewQuery(act('clear'), mapped)).toEqual({ map_index: 3 });
    expect(previewQuery(act('failed', 'all_instances', 'upstream'), mapped)).toEqual({
      state: 'failed',
      upstream: true
    });
  });

  it('orders what was seen: the token of the preview goes along, the version is chosen only then', () => {
    const wish = act('clear', 'downstream', 'latest_version');
    expect(previewQuery(wish, plain)).toEqual({ downstream: true });
    expect(actBody(wish, plain, 'abc')).toEqual({
      downstream: true,
      latest_version: true,
      expect: 'abc'
    });
    expect(actBody(act('run', 'ignore_task_state'), mapped, null)).toEqual({
      map_index: 3,
      ignore_task_state: true
    });
  });

  it('turns toggles on and off without touching the others', () => {
    const begun = newAct('clear');
    expect([...begun.flags]).toEqual(['downstream']);
    const both = withFlag(begun, 'past', true);
    expect([...withFlag(both, 'downstream', false).flags]).toEqual(['past']);
    expect([...begun.flags]).toEqual(['downstream']);
  });

  it('marks by one route and has words for everything', () => {
    expect(ACT_KINDS.map(actRoute)).toEqual(['run', 'clear', 'mark', 'mark']);
    expect(confirmLabel('clear', 12, english)).toBe('Clear 12 task instances');
    expect(confirmLabel('clear', 1, english)).toBe('Clear 1 task instance');
    expect(confirmLabel('failed', 2, english)).toBe('Mark 2 task instances failed');
    for (const kind of ACT_KINDS) {
      expect(doneLabel(kind, 1, english)).not.toBe('');
      const labels = flagsOf(kind, mapped).map(flag => flagText(flag, english).label);
      expect(new Set(labels).size).toBe(labels.length);
    }
  });
});
