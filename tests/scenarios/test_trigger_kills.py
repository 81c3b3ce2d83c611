"""T09: kill -9 at the very instant at which a task makes the run of another DAG: that run is made exactly once."""

import random
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from jupyter_couture.model.ids import DagId, RunKey
from jupyter_couture.model.run import TaskRef
from jupyter_couture.model.states import RunState
from tests.deployment import Deployment, kill

pytestmark = pytest.mark.timeout(240)

DAGS = """
from datetime import datetime
from pathlib import Path
from jupyter_couture import DAG, DagOperator, PythonOperator, TriggerDagRunOperator

def note(**context):
    with (Path(__file__).parent.parent / "effects").open("a") as effects:
        effects.write(f"{context['run_id']}\\n")

with DAG("member", schedule=None, start_date=datetime(2026, 1, 1), max_active_runs=8) as member:
    PythonOperator(task_id="m", python_callable=note)

with DAG("master", schedule=None, start_date=datetime(2026, 1, 1)) as master:
    DagOperator(task_id="child", run_dag_id="member")

with DAG("caller", schedule=None, start_date=datetime(2026, 1, 1)) as caller:
    TriggerDagRunOperator(task_id="child", trigger_dag_id="member")
"""


@pytest.fixture
def deployment(tmp_path: Path) -> Iterator[Deployment]:
    """A deployment on local processes, its engine running."""
    with Deployment(tmp_path / "home", executor="local", sweep_seconds=1.0, claim_seconds=5.0) as deployment:
        deployment.write_dag("dags.py", DAGS)
        deployment.start_engine()
        yield deployment


def _children(deployment: Deployment, key: RunKey) -> list[RunKey]:
    return list(deployment.store.children_of([TaskRef(key.dag_id, key.run_id, "child")]))


def _fall(deployment: Deployment, *, with_supervisor: bool) -> None:
    deployment.kill_engine()
    if with_supervisor:
        for pid in deployment.pids_of("cli supervisor"):
            kill(pid)


@pytest.mark.parametrize("dag_id", ["master", "caller"])
def test_T09_a_run_that_a_task_makes_while_everything_falls_is_made_once(deployment: Deployment, dag_id: str) -> None:
    rng = random.Random(dag_id)
    for number in range(6):
        key = deployment.trigger(dag_id)
        is_after = number % 2 == 0
        if is_after:  # the row is there, and nobody was told yet
            _spin(partial(_children, deployment, key))
        else:  # the task runs, and is about to ask
            _spin(partial(_has_begun, deployment, key))
            time.sleep(rng.random() * 0.03)
        _fall(deployment, with_supervisor=number % 3 == 2)
        deployment.start_engine()
        assert deployment.wait_for_end(key, 40).state is RunState.SUCCESS, deployment.logs()
        (child,) = _children(deployment, key)
        assert deployment.wait_for_end(child, 40).state is RunState.SUCCESS
    assert deployment.store.list_runs(DagId("member"), 100, 0)[1] == 6
    effects = (deployment.settings.home / "effects").read_text().split()
    assert len(effects) == len(set(effects)) == 6


def _has_begun(deployment: Deployment, key: RunKey) -> bool:
    return any(attempt.started_at is not None for attempt in deployment.attempts(key))


def _spin(is_so: Callable[[], object]) -> None:
    """Look again and again without a pause: the moment is short."""
    deadline = time.monotonic() + 40
    while not is_so():
        assert time.monotonic() < deadline
