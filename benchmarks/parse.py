"""Five hundred DAG files of ten tasks: the first look, a look when nothing changed, and one saved file."""

import time
from collections.abc import Iterator

from benchmarks.deployment import Deployment, deployed
from benchmarks.measures import Measure, median
from jupyter_couture.app.edges import open_store
from jupyter_couture.clock import SystemClock
from jupyter_couture.dagbag.bag import DagBag
from jupyter_couture.dagbag.parse import Parser
from jupyter_couture.model.ids import DagId

FILES = 500
ROUNDS = 5
_FILE = """\
from datetime import datetime

from jupyter_couture import DAG, BashOperator

with DAG("parse_{number:03}", start_date=datetime(2026, 1, 1), tags={tags!r}):
    tasks = [BashOperator(task_id=f"step_{{place}}", bash_command="echo {{{{ ds }}}}") for place in range(10)]
    for earlier, later in zip(tasks, tasks[1:]):
        earlier >> later
"""


def run() -> Iterator[Measure]:
    """Measure the bag by itself, then a saved file through a running engine."""
    with deployed(engine=False) as deployment:
        for number in range(FILES):
            _write(deployment, number, "first")
        first, unchanged = _scan_twice(deployment)
    yield Measure(workload="parse-500", metric="first look", value=first, unit="s", budget=8)
    yield Measure(workload="parse-500", metric="look at unchanged files", value=unchanged, unit="s", budget=0.3)
    with deployed() as deployment:
        _write(deployment, 0, "first")
        deployment.wait_for_dag("parse_000")
        saves = [_save(deployment, f"save-{turn}") for turn in range(ROUNDS)]
    yield Measure(
        workload="parse-500", metric="file saved to new version p50", value=median(saves), unit="s", budget=0.3
    )


def _scan_twice(deployment: Deployment) -> tuple[float, float]:
    store = open_store(deployment.settings)
    bag = DagBag(store, Parser(deployment.settings), deployment.settings, SystemClock())
    try:
        begin = time.monotonic()
        changed = bag.scan(None)
        first = time.monotonic() - begin
        assert len(changed) == FILES, f"{len(changed)} of {FILES} DAGs arrived"
        begin = time.monotonic()
        bag.scan(None)
        return first, time.monotonic() - begin
    finally:
        bag.close()
        store.close()


def _save(deployment: Deployment, tag: str) -> float:
    """Seconds from saving a file until its DAG has the new tag."""
    begin = time.monotonic()
    _write(deployment, 0, tag)
    deployment.wait_for(lambda: tag in deployment.store.dag_row(DagId("parse_000")).spec.tags)
    return time.monotonic() - begin


def _write(deployment: Deployment, number: int, tag: str) -> None:
    path = deployment.settings.dags_folder / f"parse_{number:03}.py"
    path.write_text(_FILE.format(number=number, tags=[tag]))
