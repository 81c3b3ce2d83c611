"""A thousand tasks that do nothing, all at once: what one task costs."""

from datetime import UTC, datetime

from jupyter_couture import DAG, PythonOperator

WIDTH = 1000


def nothing() -> None:
    """Do nothing."""


with DAG(
    "wide_1000", start_date=datetime(2026, 1, 1, tzinfo=UTC), max_active_tasks=WIDTH, is_paused_upon_creation=False
):
    for number in range(WIDTH):
        PythonOperator(task_id=f"task_{number:04}", python_callable=nothing)
