import { describe, expect, it } from 'vitest';
import { errorText } from './errorText';

function text(message: string, traceback = '') {
  return errorText({ type: 'Boom', message, traceback, hint: '' });
}

describe('the text of an error', () => {
  it('has a short message as its headline, the traceback as the rest', () => {
    expect(text('it broke')).toEqual({ headline: 'it broke', rest: '' });
    expect(text('it broke\n', 'Traceback\n  line 3\n')).toEqual({
      headline: 'it broke',
      rest: 'Traceback\n  line 3'
    });
  });

  it('takes the first line of a long message; the others come before the traceback', () => {
    expect(text('ValueError: no rows\n\nin cell 4 of 6:\n    x = 1', 'Traceback')).toEqual({
      headline: 'ValueError: no rows',
      rest: 'in cell 4 of 6:\n    x = 1\n\nTraceback'
    });
  });

  it('says nothing twice that the traceback says, too', () => {
    const message = 'ValueError: no rows\nin cell 4 of 6:\n    x = 1';
    expect(text(message, `Traceback\nBoom: ${message}\n`).rest).toBe(`Traceback\nBoom: ${message}`);
  });
});
