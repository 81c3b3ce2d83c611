"""The engine as a real process on a real home folder: from a file on disk to a finished run, and up after a fall."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from jupyter_couture.model.states import RunState, TaskState
from jupyter_couture.runtime.logs import FileLogs
from tests.deployment import Deployment, seconds_between
from tests.invariants import check_invariants

pytestmark = pytest.mark.timeout(150)

SCHEDULED = """
from datetime import datetime, timedelta
from jupyter_couture import DAG, PythonOperator

with DAG("ticking", schedule=timedelta(seconds=2), start_date=datetime(2026, 1, 1), catchup=False) as dag:
    PythonOperator(task_id="tick", python_callable=lambda: None)
"""

SLEEPER = """
import subprocess, time
from datetime import datetime
from jupyter_couture import DAG, BashOperator, EmptyOperator, PythonOperator

def sleep(**context):
    subprocess.Popen(["sleep", "600"], start_new_session=True)
    time.sleep(600)

with DAG("sleeper", schedule=None, start_date=datetime(2026, 1, 1)) as dag:
    PythonOperator(task_id="sleep", python_callable=sleep) >> EmptyOperator(task_id="after")

with DAG("flaky", schedule=None, start_date=datetime(2026, 1, 1)) as flaky:
    command = "echo this is try {{ ti.try_number }}; test {{ ti.try_number }} = 2"
    BashOperator(task_id="once", bash_command=command, retries=1, retry_delay=1)
"""


@pytest.fixture
def deployment(tmp_path: Path) -> Iterator[Deployment]:
    """A deployment on local processes, its engine running."""
    with Deployment(tmp_path / "home", executor="local", sweep_seconds=2.0, claim_seconds=8.0) as deployment:
        deployment.write_dag("sleeper.py", SLEEPER)
        deployment.start_engine()
        yield deployment


def test_a_scheduled_dag_runs_by_itself_once_for_each_interval(deployment: Deployment) -> None:
    """S034, S055."""
    deployment.write_dag("ticking.py", SCHEDULED)
    deployment.wait_for(lambda: _runs(deployment, "ticking") >= 3, "three scheduled runs")
    rows, _ = deployment.store.list_runs(deployment.dag_id("ticking"), 100, 0)
    dates = sorted(row.run.logical_date for row in rows)
    assert len(set(dates)) == len(dates)
    assert all(row.run.run_id == f"scheduled__{row.run.logical_date.isoformat()}" for row in rows)
    deployment.wait_for_end(rows[-1].run.key)
    check_invariants(deployment, rows[-1].run.key)


def test_S179_a_failed_task_is_tried_again_after_its_delay_and_each_try_has_its_own_log(deployment: Deployment) -> None:
    """S037."""
    key = deployment.trigger("flaky")
    assert deployment.wait_for_end(key).state is RunState.SUCCESS
    first, second = deployment.attempts(key)
    assert seconds_between(first.ended_at, second.dispatched_at) >= 1.0
    check_invariants(deployment, key)
    logs = FileLogs(deployment.settings.logs_dir)
    for attempt in (first, second):
        assert attempt.host
        assert seconds_between(attempt.started_at, attempt.ended_at) > 0
        log = b"".join(logs.stream(key, attempt.task_key, attempt.try_number)).decode()
        assert f"this is try {attempt.try_number}\n" in log
        assert f"this is try {3 - attempt.try_number}\n" not in log


def test_a_cancelled_run_leaves_no_process(deployment: Deployment) -> None:
    """I9: not even a background process in a session of its own."""
    key = deployment.trigger("sleeper")
    deployment.wait_for(lambda: len(deployment.attempt_processes()) >= 2, "the sleeping processes")
    deployment.cancel(key)
    run = deployment.wait_for_end(key, 30)
    assert run.state is RunState.FAILED
    states = {name: row.task.state for name, row in deployment.tasks(key).items()}
    assert states == {"sleep": TaskState.FAILED, "after": TaskState.SKIPPED}
    assert deployment.attempt_processes() == []
    check_invariants(deployment, key)


def test_a_stopped_engine_leaves_work_running_and_the_next_one_adopts_it(deployment: Deployment) -> None:
    """R04: the lease is free at once, nothing is killed."""
    key = deployment.trigger("sleeper")
    deployment.wait_for(lambda: len(deployment.attempt_processes()) >= 2, "the sleeping processes")
    began = time.monotonic()
    assert deployment.stop_engine() == 0
    assert time.monotonic() - began < 5
    assert deployment.store.current_lease() is None
    assert len(deployment.attempt_processes()) >= 2
    deployment.start_engine()
    deployment.wait_for(lambda: deployment.store.current_lease() is not None, "the next leader", 15)
    deployment.cancel(key)
    assert deployment.wait_for_end(key, 30).state is RunState.FAILED
    assert len(deployment.attempts(key)) == 1


def test_of_two_engines_one_leads(deployment: Deployment) -> None:
    """R16, small."""
    deployment.wait_for(lambda: deployment.store.current_lease() is not None, "a leader")
    first = deployment.store.current_lease()
    with Deployment(deployment.settings.home, executor="local") as other:
        other.start_engine()
        time.sleep(3)
        second = deployment.store.current_lease()
        assert first is not None
        assert second is not None
        assert (second.holder, second.fence) == (first.holder, first.fence)
        other.kill_engine()


def _runs(deployment: Deployment, dag_id: str) -> int:
    known = {state.dag_id for state in deployment.store.dag_states()}
    return deployment.store.list_runs(deployment.dag_id(dag_id), 100, 0)[1] if dag_id in known else 0
