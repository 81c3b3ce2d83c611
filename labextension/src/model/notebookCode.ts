/** Python that shows a DAG or a task in a notebook: what is dragged into a cell, or copied. */
export interface Subject {
  readonly dagId: string;
  readonly runId?: string | null | undefined;
  readonly taskId?: string | null | undefined;
  readonly mapIndex?: number | null | undefined;
}

/** A task of no run is that of the newest one. */
export function notebookCode({ dagId, runId, taskId, mapIndex }: Subject): string {
  const whole = runId
    ? `Client().run(${literal(dagId)}, ${literal(runId)})`
    : `Client().dag(${literal(dagId)})`;
  const index = typeof mapIndex === 'number' && mapIndex >= 0 ? `, ${mapIndex}` : '';
  const part = taskId ? `.task(${literal(taskId)}${index})` : '';
  return `from jupyter_couture.client import Client\n\n${whole}${part}`;
}

/** A text in quotes means the same in JSON and in Python. */
function literal(text: string): string {
  return JSON.stringify(text);
}
