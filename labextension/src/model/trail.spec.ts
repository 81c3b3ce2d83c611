import { describe, expect, it } from 'vitest';
import { readTrail, writeTrail, type TrailStep } from './trail';

const STEP: TrailStep = { dagId: 'master', runId: 'r+1', taskId: 'section', mapIndex: -1 };

describe('the way into a DAG', () => {
  it('comes back as it was written', () => {
    const trail = [STEP, { ...STEP, dagId: 'inner', runId: null, mapIndex: 3 }];
    expect(readTrail(writeTrail(trail))).toEqual(trail);
  });

  it.each([undefined, null, 7, '', '{', '{}', '[1]', '[null]', '[{"dagId":"a"}]'])(
    'is none where %j is found instead',
    text => {
      expect(readTrail(text)).toEqual([]);
    }
  );
});
