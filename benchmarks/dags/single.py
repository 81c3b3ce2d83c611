"""One task that writes down when its code ran: the way from a click to user code."""

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from jupyter_couture import DAG, PythonOperator


def stamp(**context: Any) -> None:
    """Write the time into the file that the run names."""
    Path(context["dag_run"].conf["stamps"]).write_text(f"{time.time()!r}\n")


with DAG("single", start_date=datetime(2026, 1, 1, tzinfo=UTC), is_paused_upon_creation=False):
    PythonOperator(task_id="stamp", python_callable=stamp)
