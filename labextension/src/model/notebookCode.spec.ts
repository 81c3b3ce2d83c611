import { expect, it } from 'vitest';
import { notebookCode } from './notebookCode';

const IMPORT = 'from jupyter_couture.client import Client\n\n';

it('shows a DAG', () => {
  expect(notebookCode({ dagId: 'etl' })).toBe(`${IMPORT}Client().dag("etl")`);
});

it('shows a task of a run, and of the newest run where none is meant', () => {
  const task = { dagId: 'etl', taskId: 'load' };
  expect(notebookCode({ ...task, runId: 'manual__1' })).toBe(
    `${IMPORT}Client().run("etl", "manual__1").task("load")`
  );
  expect(notebookCode({ ...task, runId: null })).toBe(`${IMPORT}Client().dag("etl").task("load")`);
});

it('names the instance of a mapped task', () => {
  const task = { dagId: 'etl', runId: 'r', taskId: 'load' };
  expect(notebookCode({ ...task, mapIndex: 2 })).toContain('.task("load", 2)');
  expect(notebookCode({ ...task, mapIndex: -1 })).toContain('.task("load")');
});

it('quotes what an id may hold', () => {
  expect(notebookCode({ dagId: 'a"b\\c' })).toContain(String.raw`.dag("a\"b\\c")`);
});
