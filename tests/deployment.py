"""A real deployment for tests: a home folder, DAG files, an engine process, and hands to hurt it with."""

import contextlib
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from types import TracebackType

from jupyter_couture.app.edges import open_store
from jupyter_couture.bus.local import LocalPublisher
from jupyter_couture.clock import SystemClock
from jupyter_couture.model.dag import Json
from jupyter_couture.model.ids import DagId, RunKey
from jupyter_couture.model.records import TaskRow
from jupyter_couture.model.run import Attempt, DagRun
from jupyter_couture.model.states import TERMINAL_RUN_STATES
from jupyter_couture.runtime.processes import cookie_of, members
from jupyter_couture.services.runs import Runs, TriggerWish
from jupyter_couture.services.versions import SpecCache
from jupyter_couture.settings import Settings
from jupyter_couture.store.sql import SqlStore

WAIT_SECONDS = 60.0
_POLL_SECONDS = 0.05


class Deployment:
    """One home folder with everything that runs in it. Use as a context manager: the end ends all processes."""

    def __init__(self, home: Path, **settings: object) -> None:
        self.settings = Settings.load({}, **{"home": str(home), "paused_at_creation": False, **settings})
        self.settings.make_folders()
        self.store: SqlStore = open_store(self.settings)
        self._publisher = LocalPublisher(self.settings.run_dir)
        self._runs = Runs(self.store, self._publisher, SpecCache(self.store), SystemClock())
        self._engine: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "Deployment":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        subprocess.run(self._command("down"), env=self._environ(), check=False, capture_output=True)
        if self._engine is not None:
            self._engine.kill()
            self._engine.wait()
        self._publisher.close()
        self.store.close()

    # --- DAG files and runs -------------------------------------------------------------------------------------------

    def write_dag(self, name: str, source: str) -> Path:
        """Put a DAG file into the folder, all at once."""
        path = self.settings.dags_folder / name
        draft = path.with_suffix(".new")
        draft.write_text(textwrap.dedent(source))
        draft.replace(path)
        return path

    def trigger(self, dag_id: str, conf: Mapping[str, Json] | None = None) -> RunKey:
        """Trigger a run once the DAG is known."""
        self.wait_for(lambda: any(state.dag_id == dag_id for state in self.store.dag_states()), f"DAG {dag_id}")
        row, _ = self._runs.trigger(TriggerWish(dag_id=DagId(dag_id), conf=conf or {}))
        return row.run.key

    def dag_id(self, name: str) -> DagId:
        """A DAG id."""
        return DagId(name)

    def cancel(self, key: RunKey) -> None:
        """Ask for the end of a run."""
        self._runs.cancel(key)

    def run(self, key: RunKey) -> DagRun:
        """The run without its tasks."""
        return self.store.run_row(key).run

    def wait_for_end(self, key: RunKey, timeout_seconds: float = WAIT_SECONDS) -> DagRun:
        """The run once it is over."""
        self.wait_for(lambda: self.run(key).state in TERMINAL_RUN_STATES, f"the end of {key}", timeout_seconds)
        return self.run(key)

    def tasks(self, key: RunKey) -> Mapping[str, TaskRow]:
        """Task instances by task id."""
        return {row.task.key.task_id: row for row in self.store.task_rows(key)}

    def attempts(self, key: RunKey) -> list[Attempt]:
        """All attempts of a run."""
        return [attempt for row in self.store.task_rows(key) for attempt in self.store.attempts_of(key, row.task.key)]

    def wait_for(self, is_so: Callable[[], bool], what: str, timeout_seconds: float = WAIT_SECONDS) -> None:
        """Wait until ``is_so``; fails with the engine's log if it takes too long."""
        deadline = time.monotonic() + timeout_seconds
        while not is_so():
            if time.monotonic() > deadline:
                raise AssertionError(f"waited {timeout_seconds} s for {what}\n{self.logs()}")
            time.sleep(_POLL_SECONDS)

    # --- processes ----------------------------------------------------------------------------------------------------

    def start_engine(self) -> None:
        """Start an engine process in a session of its own."""
        with (self.settings.logs_dir / "engine.log").open("ab") as log:
            self._engine = subprocess.Popen(
                self._command("engine"), env=self._environ(), stdout=log, stderr=log, start_new_session=True
            )

    @property
    def engine_pid(self) -> int:
        """The engine's process id."""
        assert self._engine is not None
        return self._engine.pid

    def kill_engine(self) -> None:
        """SIGKILL the engine."""
        assert self._engine is not None
        self._engine.kill()
        self._engine.wait()

    def stop_engine(self) -> int:
        """SIGTERM the engine; its exit code."""
        assert self._engine is not None
        self._engine.terminate()
        return self._engine.wait(30)

    def pids_of(self, word: str) -> list[int]:
        """Our processes whose command line holds ``word``, oldest first."""
        home = str(self.settings.home).encode()
        found = []
        for pid, environ in _environments():
            if f"COUTURE_HOME={home.decode()}".encode() in environ and word in _command_line(pid):
                found.append((_started(pid), pid))
        return [pid for _, pid in sorted(found)]

    def attempt_processes(self) -> list[int]:
        """Processes of attempts of this deployment that live now."""
        attempts = [attempt for key in self.all_runs() for attempt in self.attempts(key)]
        return [pid for attempt in attempts for pid in members(cookie_of(attempt.attempt_id))]

    def logs(self) -> str:
        """The ends of all logs of our processes."""
        paths = sorted(self.settings.logs_dir.glob("*.log"))
        return "\n".join(f"--- {path.name}\n{path.read_text(errors='replace')[-3000:]}" for path in paths)

    def all_runs(self) -> list[RunKey]:
        """Every run of every DAG."""
        return [
            row.run.key for state in self.store.dag_states() for row in self.store.list_runs(state.dag_id, 1000, 0)[0]
        ]

    def _command(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "jupyter_couture.cli", *words]

    def _environ(self) -> dict[str, str]:
        return {**os.environ, **self.settings.environ()}


def kill(pid: int) -> None:
    """SIGKILL; a process that is gone is fine."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def seconds_between(start: datetime | None, end: datetime | None) -> float:
    """How long, if both ends are known."""
    assert start is not None
    assert end is not None
    return (end - start).total_seconds()


def _environments() -> Iterator[tuple[int, bytes]]:
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                yield int(entry.name), (entry / "environ").read_bytes()


def _command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def _started(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19])
    except (OSError, IndexError):
        return 0
