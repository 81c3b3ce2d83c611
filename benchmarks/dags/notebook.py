"""One notebook of three cells; each cell prints when it ran."""

from datetime import UTC, datetime

from jupyter_couture import DAG, NotebookOperator

with DAG("notebook_3", start_date=datetime(2026, 1, 1, tzinfo=UTC), is_paused_upon_creation=False):
    NotebookOperator(task_id="cells", input_path="three_cells.ipynb")
