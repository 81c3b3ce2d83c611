"""A deployment under measurement: a home folder of its own, a real engine process, DAG files copied into place."""

import asyncio
import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from jupyter_couture.app.edges import open_publisher, open_store
from jupyter_couture.app.stop import stop_deployment
from jupyter_couture.clock import SystemClock
from jupyter_couture.executors.dask_record import PoolRecord
from jupyter_couture.executors.spawn import connect
from jupyter_couture.model.dag import Json
from jupyter_couture.model.errors import CoutureError
from jupyter_couture.model.ids import DagId, RunKey
from jupyter_couture.model.run import Attempt, DagRun
from jupyter_couture.model.states import RunState
from jupyter_couture.services.runs import Runs, TriggerWish
from jupyter_couture.services.versions import SpecCache
from jupyter_couture.settings import Settings

DAGS = Path(__file__).parent / "dags"
READY_SECONDS = 60.0
_LOOK_SECONDS = 0.01
_END_LOOK_SECONDS = 0.1
"""The end of a run is told by the database, so nothing is gained by looking often but work for the machine."""


class Deployment:
    """A home folder and what runs for it. Made by ``deployed``."""

    def __init__(self, home: Path, files: Sequence[str]) -> None:
        self.settings = Settings.load({}, home=str(home))
        self.settings.make_folders()
        for name in files:
            shutil.copy(DAGS / name, self.settings.dags_folder / name)
        self.stamps = home / "stamps"
        self.stamps.mkdir()
        self.store = open_store(self.settings)
        self._publisher = open_publisher(self.settings)
        self._runs = Runs(self.store, self._publisher, SpecCache(self.store), SystemClock())
        self.engine: subprocess.Popen[bytes] | None = None

    def start_engine(self) -> float:
        """Start the engine and wait until it can run attempts; seconds that took."""
        begin = time.monotonic()
        log = self.settings.logs_dir / "engine.log"
        with log.open("ab") as out:
            self.engine = subprocess.Popen(
                [sys.executable, "-m", "jupyter_couture.cli", "engine", "--log-level", "warning"],
                env={**os.environ, **self.settings.environ()},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )
        self.wait_for(self.is_ready, log)
        return time.monotonic() - begin

    def is_ready(self) -> bool:
        """Whether somebody leads, the pool stands and a supervisor listens."""
        link = connect(self.settings)
        if link is None:
            return False
        link.close()
        return PoolRecord.read(self.settings.run_dir) is not None and self.store.current_lease() is not None

    def wait_for(self, claim: object, log: Path | None = None, seconds: float = READY_SECONDS) -> None:
        """Wait until ``claim()`` holds; raises ``TimeoutError`` with the end of ``log``."""
        deadline = time.monotonic() + seconds
        while not (callable(claim) and claim()):
            if time.monotonic() > deadline:
                words = log.read_text()[-2000:] if log is not None and log.exists() else ""
                raise TimeoutError(f"not ready after {seconds:g} s\n{words}")
            time.sleep(_LOOK_SECONDS)

    def wait_for_dag(self, dag: str) -> None:
        """Wait until the DAG's file has been parsed and stored."""

        def is_known() -> bool:
            with contextlib.suppress(CoutureError):
                return bool(self.store.dag_row(DagId(dag)))
            return False

        self.wait_for(is_known, self.settings.logs_dir / "engine.log")

    def trigger(self, dag: str, conf: Mapping[str, Json] | None = None) -> RunKey:
        """Make a run, as the API would."""
        row, _ = self._runs.trigger(TriggerWish(dag_id=DagId(dag), conf=dict(conf or {})))
        return row.run.key

    def ended(self, key: RunKey, seconds: float = 300.0) -> DagRun:
        """The run once it has ended; raises ``RuntimeError`` if it failed."""
        run = self.store.run_row(key).run
        deadline = time.monotonic() + seconds
        while run.state not in (RunState.SUCCESS, RunState.FAILED):
            if time.monotonic() > deadline:
                raise TimeoutError(f"{key} is {run.state} after {seconds:g} s")
            time.sleep(_END_LOOK_SECONDS)
            run = self.store.run_row(key).run
        if run.state is RunState.FAILED:
            raise RuntimeError(f"{key} failed: {self._first_error(key)}")
        return run

    def _first_error(self, key: RunKey) -> str:
        rows = self.store.task_rows(key)
        attempts = [attempt for row in rows for attempt in self.store.attempts_of(key, row.task.key)]
        return next((attempt.error.message for attempt in attempts if attempt.error is not None), "")

    def attempts(self, key: RunKey) -> list[Attempt]:
        """All attempts of a run, by start."""
        rows = self.store.task_rows(key)
        found = [attempt for row in rows for attempt in self.store.attempts_of(key, row.task.key)]
        return sorted(found, key=lambda attempt: attempt.started_at or attempt.dispatched_at)

    def close(self) -> None:
        """End everything."""
        if self.engine is not None and self.engine.poll() is None:
            self.engine.terminate()
            try:
                self.engine.wait(10)
            except subprocess.TimeoutExpired:
                self.engine.kill()
                self.engine.wait()
        asyncio.run(stop_deployment(self.settings))
        self._publisher.close()
        self.store.close()


@contextlib.contextmanager
def deployed(*files: str, engine: bool = True) -> Iterator[Deployment]:
    """A deployment with these DAG files; with ``engine`` ready to run them. Ends and vanishes afterwards."""
    with tempfile.TemporaryDirectory(prefix="couture-bench-", ignore_cleanup_errors=True) as folder:
        deployment = Deployment(Path(folder) / "home", files)
        try:
            if engine:
                deployment.start_engine()
            yield deployment
        finally:
            deployment.close()
