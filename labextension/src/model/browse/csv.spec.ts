import { describe, expect, it } from 'vitest';
import { csvLine } from './csv';

/** Reads one record as RFC 4180 says. */
function read(line: string): string[] {
  const fields: string[] = [];
  const pattern = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/gy;
  for (let match = pattern.exec(line); match; match = pattern.exec(line)) {
    fields.push(match[1] === undefined ? (match[2] ?? '') : match[1].replaceAll('""', '"'));
  }
  return fields;
}

describe('a line of a CSV file', () => {
  it('ends as RFC 4180 says and quotes only what needs it', () => {
    expect(csvLine(['a', '', 'b c'])).toBe('a,,b c\r\n');
    expect(csvLine(['a,b', 'say "hi"', 'two\nlines', 'cr\rhere'])).toBe(
      '"a,b","say ""hi""","two\nlines","cr\rhere"\r\n'
    );
  });

  it('gives back what was written', () => {
    const awkward = ['', '"', '""', ',', 'a\r\n', 'ä\u{1f600}', ' a ', '",\r\n"', "'"];
    for (const one of awkward) {
      for (const other of awkward) {
        expect(read(csvLine([one, other, one]))).toEqual([one, other, one]);
      }
    }
  });

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '=cmd|"/c calc"!A1'])(
    'takes the sting out of the formula %j',
    formula => {
      expect(read(csvLine([formula]))).toEqual([`'${formula}`]);
    }
  );

  it('leaves alone what only has such a character within', () => {
    expect(csvLine(['a=b', 'manual__2026-01-31T12:00:00+00:00'])).toBe(
      'a=b,manual__2026-01-31T12:00:00+00:00\r\n'
    );
  });
});
