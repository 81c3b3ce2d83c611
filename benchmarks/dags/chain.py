"""Thirty tasks, each after the one before; each writes down when its code ran."""

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from jupyter_couture import DAG, PythonOperator

LENGTH = 30


def stamp(**context: Any) -> None:
    """Append the time to the file that the run names."""
    file = Path(context["dag_run"].conf["stamps"])
    with file.open("a") as lines:
        lines.write(f"{time.time()!r}\n")


with DAG("chain_30", start_date=datetime(2026, 1, 1, tzinfo=UTC), is_paused_upon_creation=False):
    last = None
    for number in range(LENGTH):
        task = PythonOperator(task_id=f"step_{number:02}", python_callable=stamp)
        if last is not None:
            last >> task
        last = task
