// @vitest-environment jsdom
import { nullTranslator } from '@jupyterlab/translation';
import { describe, expect, it } from 'vitest';
import { told } from './tell';

const trans = nullTranslator.load('');

describe('a notification', () => {
  it('that is short is said as it is', () => {
    expect(told('All done', trans)).toEqual({ message: 'All done', actions: [] });
  });

  it('that the lab would cut has a button that shows all of it', () => {
    const { message, actions } = told(`Nothing was done\n\n${'because '.repeat(50)}`, trans);
    expect(message).toBe('Nothing was done');
    expect(actions.map(action => action.label)).toEqual(['Details']);
    expect(told('x'.repeat(500), trans).message.length).toBeLessThanOrEqual(140);
  });
});
