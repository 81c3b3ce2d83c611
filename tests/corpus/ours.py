"""What ``jupyter couture dags test`` makes of DAGs, in the form in which the runs of the real Airflow are recorded."""

import asyncio
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from jupyter_couture.app.edges import open_store
from jupyter_couture.app.trial import Trial, TrialWish, try_dag
from jupyter_couture.model.errors import InvalidRequest
from jupyter_couture.model.ids import NOT_MAPPED, RunKey, TaskKey
from jupyter_couture.model.xcom import XComFilter
from jupyter_couture.runtime.values import ValueKeeper
from jupyter_couture.settings import Settings
from tests.corpus.facts import LOGICAL_DATE, REFUSED, Ran

AT_ONCE = 2
SECONDS = 120.0

_MANY = 10_000


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run ended: ``ran`` is None if it did not, and ``problem`` says why, or why it failed."""

    ran: Ran | None
    problem: str = ""

    @property
    def state(self) -> str | None:
        """Of the run."""
        return self.ran["state"] if self.ran is not None else None


def run_all(wanted: Sequence[tuple[Path, str]], at_once: int = AT_ONCE) -> Iterator[tuple[tuple[Path, str], Ended]]:
    """Run each DAG of each file, each in a process and a home of its own, in that order."""
    with ThreadPoolExecutor(at_once) as workers:
        yield from zip(wanted, workers.map(run_one, *zip(*wanted, strict=True)), strict=True)


def run_one(file: Path, dag_id: str) -> Ended:
    """Run one DAG; gives up after ``SECONDS``."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as place:
        answer = Path(place, "answer.json")
        done = subprocess.run(
            [sys.executable, "-m", __spec__.name, str(file), dag_id, str(answer)],
            env={**os.environ, "TMPDIR": place},
            cwd=Path(__file__).parents[2],
            capture_output=True,
            text=True,
            check=False,
        )
        if not answer.exists():
            return Ended(None, f"the process ended with {done.returncode}: {_last_line(done.stderr)}")
        return Ended(**json.loads(answer.read_text()))


def _run_here(file: Path, dag_id: str, place: Path) -> Ended:
    try:
        return asyncio.run(_run(file, dag_id, place))
    except TimeoutError:
        return Ended(None, f"not ended after {SECONDS:.0f} s")
    except InvalidRequest as error:
        return Ended({"state": REFUSED, "tasks": {}}, str(error))


async def _run(file: Path, dag_id: str, place: Path) -> Ended:
    base = Settings.load(home=place / "home", dags_folder=file.parent)
    date = datetime.fromisoformat(LOGICAL_DATE)
    wish = TrialWish(file=file, dag_id=dag_id, logical_date=date, keep=True)
    trial = await asyncio.wait_for(try_dag(base, wish), SECONDS)
    if trial.run is None:
        return Ended(None, "; ".join(problem.message for problem in trial.problems))
    values = _values(trial, trial.run.key)
    tasks = {
        _label(row.task.key): {"state": row.task.state.value, "xcoms": values.get(row.task.key, {})}
        for row in trial.tasks
    }
    failed = next(iter(trial.failures), None)
    problem = f"{_label(failed[0].task.key)}: {failed[0].task.reason or _last_line(failed[1])}" if failed else ""
    return Ended({"state": trial.run.state.value, "tasks": tasks}, problem)


def _label(key: TaskKey) -> str:
    return key.task_id if key.map_index == NOT_MAPPED else f"{key.task_id}[{key.map_index}]"


def _last_line(log: str) -> str:
    return next((line for line in reversed(log.splitlines()) if line.strip()), "")


def _values(trial: Trial, run: RunKey) -> dict[TaskKey, dict[str, Any]]:
    assert trial.kept is not None
    settings = Settings.load(home=trial.kept, database_url=f"sqlite:///{trial.kept / 'couture.db'}")
    store = open_store(settings)
    found: dict[TaskKey, dict[str, Any]] = {}
    try:
        for row in store.list_xcoms(XComFilter(dag_id=run.dag_id, run_id=run.run_id, limit=_MANY)).rows:
            sealed = store.xcom(run, row.task_key, row.key)
            keeper = ValueKeeper(settings, run, row.task_key, row.attempt_id)
            found.setdefault(row.task_key, {})[row.key] = plain(keeper.open(sealed))
    finally:
        store.close()
    return found


def plain(value: Any) -> Any:
    """A value as the facts have it: JSON types as they are, others as their name and text."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {str(name): plain(item) for name, item in value.items()}
    if isinstance(value, (tuple, set, frozenset)):
        return {"type": type(value).__name__, "items": [plain(item) for item in value]}
    if isinstance(value, datetime):
        return {"type": "datetime", "text": value.isoformat()}
    return {"type": type(value).__name__, "text": str(value)}


if __name__ == "__main__":
    _file, _dag_id, _answer = sys.argv[1:]
    _ended = _run_here(Path(_file).resolve(), _dag_id, Path(_answer).parent)
    Path(_answer).write_text(json.dumps(asdict(_ended)))
