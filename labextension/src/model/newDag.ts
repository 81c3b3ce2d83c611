/** A DAG file to begin with. */

/** What may be the name of a DAG and of its file. */
export const DAG_NAME = /^[A-Za-z_][A-Za-z0-9_\-.]*$/;

/** A DAG of two tasks that runs as it is. `day` is an ISO date. */
export function newDagSource(dagId: string, day: string): string {
  return `"""What ${dagId} is for."""

from jupyter_couture import DAG, BashOperator, task


@task
def fetch() -> int:
    return 42


with DAG("${dagId}", schedule=None, start_date="${day}"):
    fetch() >> BashOperator("tell", bash_command="echo fetched {{ ti.xcom_pull('fetch') }}")
`;
}
