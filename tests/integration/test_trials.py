"""``dag.test()``: DAGs that no file holds, run by the real engine, and nothing left of it afterwards."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from threading import Lock

import psutil
import pytest

from jupyter_couture import DAG, BashOperator, task
from jupyter_couture.model.errors import InvalidRequest
from jupyter_couture.trials import DagTestFailed
from tests.alive import is_alive

pytestmark = pytest.mark.timeout(240)

END_SECONDS = 90

SLEEPER = """
import os
import time
from pathlib import Path
from jupyter_couture import DAG, task

def made(folder):
    with DAG("sleeper", schedule=None) as dag:
        @task
        def sleeps():
            (folder / "draft").write_text(str(os.getpid()))
            (folder / "draft").rename(folder / "pid")
            time.sleep(600)
        @task
        def never(before):
            (folder / "never").touch()
        never(sleeps())
    return dag

made(Path.cwd()).test()
"""


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A home, a working directory and a place for temporary files that a test can look through."""
    for name in ("home", "temporary", "work"):
        (tmp_path / name).mkdir()
    monkeypatch.setenv("COUTURE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    monkeypatch.chdir(tmp_path / "work")


def test_a_dag_that_no_file_holds_runs_with_what_its_functions_use(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    factor = 3
    with DAG("held", schedule=None, params={"first": 1}) as dag:

        @task
        def count(params: dict[str, int]) -> list[int]:
            sys.stdout.write(f"counting {os.getpid()}\n")
            return [params["first"], 2]

        @task
        def multiply(numbers: list[int]) -> dict[str, int]:
            return {"sum": factor * sum(numbers)}

        multiply(count()) >> BashOperator("place", bash_command="cat beside.txt", cwd=str(Path.cwd()))
    Path("beside.txt").write_text("found me")

    outcome = dag.test({"first": 5}, logical_date="2026-03-04")

    assert outcome
    assert outcome.states == {"count": "success", "multiply": "success", "place": "success"}
    assert outcome.values["multiply"] == {"sum": 21}
    assert "found me" in outcome.log("place")
    assert "2026-03-04" in outcome.run_id
    said = capsys.readouterr().out
    assert "count: running" in said
    assert f"count | counting {os.getpid()}" not in said
    assert "count | counting" in said
    assert said.endswith("held: success\n")
    assert list((tmp_path / "temporary").iterdir()) == []


def test_a_failed_run_raises_with_the_log_or_is_an_outcome_that_is_false() -> None:
    with DAG("broken", schedule=None) as dag:

        @task
        def breaks() -> None:
            raise ValueError("no such customer")

        @task
        def after(before: object) -> None:
            """Never runs."""

        after(breaks())

    with pytest.raises(DagTestFailed, match=r"(?s)failed: breaks.*ValueError: no such customer") as caught:
        dag.test()
    assert caught.value.outcome.states == {"breaks": "failed", "after": "upstream_failed"}
    assert "ValueError" in caught.value._render_traceback_()[0]

    outcome = dag.test(check=False)
    assert not outcome
    assert outcome.failed == ("breaks",)


@pytest.mark.parametrize(
    ("conf", "date", "words"),
    [({"first": "x"}, None, "first"), ({}, "yesterday", "not an ISO 8601 date")],
)
def test_a_wish_that_does_not_fit_is_refused(conf: dict[str, object], date: str | None, words: str) -> None:
    from jupyter_couture import Param

    with DAG("picky", schedule=None, params={"first": Param(1, type="integer")}) as dag:
        BashOperator("nothing", bash_command="true")

    with pytest.raises(InvalidRequest, match=words):
        dag.test(conf, logical_date=date)


def test_a_dag_that_cannot_travel_is_refused_with_the_reason() -> None:
    lock, large = Lock(), bytes(5 * 1024**2)
    with DAG("locked", schedule=None) as locked:

        @task
        def holds() -> bool:
            return lock.locked()

        holds()
    with DAG("large", schedule=None) as heavy:

        @task
        def weighs() -> int:
            return len(large)

        weighs()

    with pytest.raises(InvalidRequest, match="lives in this process alone"):
        locked.test()
    with pytest.raises(InvalidRequest, match="Let the tasks read their data themselves"):
        heavy.test()


def test_a_file_that_tests_itself_is_run_from_the_file_and_only_when_it_is_the_program() -> None:
    text = "from jupyter_couture import DAG, EmptyOperator\nwith DAG('own') as dag:\n    EmptyOperator('one')\n"
    Path("good.py").write_text(text + "if __name__ == '__main__':\n    dag.test()\n")
    Path("bad.py").write_text(text + "dag.test()\n")

    good = subprocess.run([sys.executable, "good.py"], capture_output=True, text=True, check=True)
    bad = subprocess.run([sys.executable, "bad.py"], capture_output=True, text=True, check=False)

    assert good.stdout.endswith("own: success\n")
    assert bad.returncode == 1
    assert "put it below: if __name__ == '__main__':" in bad.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_whoever_asks_is_interrupted_or_dies_and_nothing_goes_on(tmp_path: Path, number: signal.Signals) -> None:
    script = subprocess.Popen(
        [sys.executable, "-c", SLEEPER], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    pid = Path("pid")
    wait_until(pid.exists)
    payload = psutil.Process(int(pid.read_text()))

    script.send_signal(number)
    out, err = script.communicate(timeout=END_SECONDS)

    if number is signal.SIGINT:
        assert "Interrupted: the run was cancelled, and nothing of it goes on." in out
        assert "DagTestInterrupted" in err
        assert not is_alive(payload)
    wait_until(lambda: not is_alive(payload))
    wait_until(lambda: list((tmp_path / "temporary").iterdir()) == [])
    assert not Path("never").exists()
    wait_until(lambda: not [each for each in psutil.process_iter(["environ"]) if is_of(each, tmp_path)])


def is_of(process: psutil.Process, folder: Path) -> bool:
    """Whether a process was started by this test."""
    environ = process.info["environ"] or {}
    return process.pid != os.getpid() and environ.get("TMPDIR") == str(folder / "temporary")


def wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + END_SECONDS
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.05)
