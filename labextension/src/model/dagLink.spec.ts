import { describe, expect, it } from 'vitest';
import { linkToDag, readDagLink } from './dagLink';

describe('a link to a DAG', () => {
  it('names the tab, the run and the task instance, whatever they are called', () => {
    const place = {
      tab: 'tree',
      runId: 'manual__2026-01-01T00:00:00+00:00',
      taskId: 'group.a&b?c',
      mapIndex: 3
    } as const;
    expect(readDagLink(linkToDag('a/b c%d', place))).toEqual({ dagId: 'a/b c%d', ...place });
    expect(linkToDag('etl', {})).toBe('dag/etl');
  });

  it('is none without a DAG, and leaves out what makes no sense', () => {
    expect(readDagLink('browse/runs')).toBeNull();
    expect(readDagLink('dag/')).toBeNull();
    expect(readDagLink('dag/%E0%A4%A')).toBeNull();
    expect(readDagLink('dag/etl?tab=nonsense&map_index=2')).toEqual({ dagId: 'etl' });
    expect(readDagLink('dag/etl?task=t&map_index=-1')).toEqual({ dagId: 'etl', taskId: 't' });
  });
});
