import { describe, expect, it } from 'vitest';
import { DAG_NAME, newDagSource } from './newDag';

describe('a new DAG', () => {
  it('takes names that are file names and DAG ids alike', () => {
    for (const name of ['etl', 'daily_sales', '_x', 'a.b-c2']) {
      expect(DAG_NAME.test(name)).toBe(true);
    }
    for (const name of ['', '2nd', 'a/b', '../up', 'with space', 'quo"te']) {
      expect(DAG_NAME.test(name)).toBe(false);
    }
  });

  it('begins with two tasks under its name', () => {
    const source = newDagSource('etl', '2026-11-23');
    expect(source).toContain('with DAG("etl", schedule=None, start_date="2026-11-23"):');
  });
});
