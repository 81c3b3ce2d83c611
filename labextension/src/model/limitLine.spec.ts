import { describe, expect, it } from 'vitest';
import { findLimit } from './limitLine';

const TWO_DAGS = `from jupyter_couture import DAG, PythonOperator, dag, task

with DAG("first", schedule=None, max_active_runs=2):
    PythonOperator(task_id="load", python_callable=print)

defaults = {'max_active_tis_per_dag': 3}

with DAG(
    "second",
    concurrency=4,
    max_active_runs=1,
):
    pass
`;

describe('the line of a limit', () => {
  it('is that of the DAG, also where a file holds several', () => {
    expect(findLimit(TWO_DAGS, 'max_active_runs', 'first')).toEqual({ line: 3, isSet: true });
    expect(findLimit(TWO_DAGS, 'max_active_runs', 'second')).toEqual({ line: 11, isSet: true });
  });

  it('is found by the name Airflow gave it, and in a dictionary', () => {
    expect(findLimit(TWO_DAGS, 'max_active_tasks', 'second')).toEqual({ line: 10, isSet: true });
    expect(findLimit(TWO_DAGS, 'max_active_tis_per_dag', 'group.load')).toEqual({
      line: 6,
      isSet: true
    });
  });

  it('is that in front of a function, not that of the next one', () => {
    const source = `@task(max_active_tis_per_dag=1)
def load():
    pass

@task(
    retries=2,
    max_active_tis_per_dag=3,
)
def save():
    pass

@task
def tell():
    pass
`;
    const line = (id: string): number => findLimit(source, 'max_active_tis_per_dag', id).line;
    expect([line('load'), line('save')]).toEqual([1, 7]);
  });

  it('that is not set is where it could be', () => {
    expect(findLimit(TWO_DAGS, 'max_active_tis_per_dagrun', 'load')).toEqual({
      line: 4,
      isSet: false
    });
    expect(findLimit('', 'max_active_runs', 'gone')).toEqual({ line: 1, isSet: false });
  });
});
