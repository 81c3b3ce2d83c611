"""Ten tasks in a small graph (1, 8, 1), to be run fifty times at once."""

from datetime import UTC, datetime

from jupyter_couture import DAG, PythonOperator


def nothing() -> None:
    """Do nothing."""


with DAG("ten", start_date=datetime(2026, 1, 1, tzinfo=UTC), is_paused_upon_creation=False, max_active_runs=50):
    first = PythonOperator(task_id="first", python_callable=nothing)
    last = PythonOperator(task_id="last", python_callable=nothing)
    for number in range(8):
        first >> PythonOperator(task_id=f"middle_{number}", python_callable=nothing) >> last
