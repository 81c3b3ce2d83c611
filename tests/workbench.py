"""A workbench for tests of execution: home folder, database, DAG file, supervisor; no engine.

The test plays the engine: it writes attempts down as the engine would and hands them to an executor.
"""

import asyncio
import itertools
import os
import signal
import sys
import textwrap
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from jupyter_couture.clock import SystemClock
from jupyter_couture.executors.spawn import connect
from jupyter_couture.model.dag import DagSpec
from jupyter_couture.model.facts import AttemptFact
from jupyter_couture.model.ids import AttemptId, DagId, RunId, RunKey, TaskId, TaskKey, VersionHash
from jupyter_couture.model.intents import StartAttempt
from jupyter_couture.model.messages import AttemptOutcome
from jupyter_couture.model.records import Batch, DagVersion, Lease, ParsedFile, StoredFact
from jupyter_couture.model.run import Attempt, DagRun, RunType
from jupyter_couture.model.states import OPEN_ATTEMPT_STATES, AttemptState, RunState
from jupyter_couture.runtime import processes
from jupyter_couture.runtime.logs import FileLogs, log_path
from jupyter_couture.runtime.places import materialise, supervisor_log, supervisor_socket
from jupyter_couture.settings import Settings
from jupyter_couture.store.sql import SqlStore

LOGICAL_DATE = datetime(2026, 3, 1, 4, 5, 6, tzinfo=UTC)
PREAMBLE = """\
from datetime import datetime, timedelta
from jupyter_couture import *

dag = DAG("d", start_date=datetime(2026, 1, 1), params={"colour": "red", "size": 3})
"""


class Workbench:
    """See the module. ``close`` ends everything it started."""

    def __init__(self, home: Path, dag_code: str = "", database_url: str = "", **options: Any) -> None:
        self.settings = Settings.load({}, home=str(home), database_url=database_url or None, **options)
        self.settings.make_folders()
        self.store = SqlStore.open(self.settings.database_url)
        self.logs = FileLogs(self.settings.logs_dir)
        lease = self.store.acquire_lease("test", 3600.0)
        assert lease is not None
        self.lease: Lease = lease
        self._numbers = itertools.count(1)
        self._runs: set[RunKey] = set()
        self._clock = SystemClock()
        self.version = self.write_dag(dag_code)
        self._supervisors: set[int] = set()

    # ---- the engine's part

    def write_dag(self, code: str, file: str = "d.py") -> VersionHash:
        """Store a DAG file's text as a version; ``code`` follows the preamble, which makes ``dag``."""
        self.version = self._store_file(DagId("d"), code, file)
        return self.version

    def add_dag(self, dag_id: str, code: str) -> VersionHash:
        """Store a file with another DAG; orders for it name the version."""
        return self._store_file(DagId(dag_id), code, f"{dag_id}.py")

    def _store_file(self, dag_id: DagId, code: str, file: str) -> VersionHash:
        source = PREAMBLE + textwrap.dedent(code)
        (self.settings.dags_folder / file).write_text(source)
        version = VersionHash(sha256(source.encode()).hexdigest())
        kept = DagVersion(version, DagSpec(dag_id, file=file), source)
        self.store.record_parse([ParsedFile(file, version, (kept,))], LOGICAL_DATE, paused_at_creation=False)
        materialise(self.settings, version, source, file)
        return version

    def order(self, task_id: str, **changes: Any) -> StartAttempt:
        """Write an attempt of ``task_id`` down as the engine would; the intent to start it."""
        number = next(self._numbers)
        start = StartAttempt(
            attempt_id=AttemptId(self._clock.new_id()),
            run_key=RunKey(DagId("d"), RunId(f"manual__{number}")),
            task_key=TaskKey(TaskId(task_id)),
            try_number=1,
            version=self.version,
            fence=self.lease.fence,
            operator_kind="python",
            logical_date=LOGICAL_DATE,
            data_interval_start=LOGICAL_DATE,
            data_interval_end=LOGICAL_DATE,
            run_type="manual",
            run_queued_at=LOGICAL_DATE,
            conf={},
            max_tries=1,
        )
        start = replace(start, **changes)
        self._write_down([start])
        return start

    def orders(self, task_id: str, count: int) -> list[StartAttempt]:
        """Many attempts of one task, written down in one transaction."""
        first = self.order(task_id)
        more = [
            replace(
                first,
                attempt_id=AttemptId(self._clock.new_id()),
                run_key=RunKey(DagId("d"), RunId(f"manual__{next(self._numbers)}")),
            )
            for _ in range(count - 1)
        ]
        self._write_down(more)
        return [first, *more]

    def _write_down(self, starts: Sequence[StartAttempt]) -> None:
        runs = [
            DagRun(
                dag_id=start.run_key.dag_id,
                run_id=start.run_key.run_id,
                run_type=RunType.MANUAL,
                version=start.version,
                state=RunState.RUNNING,
                logical_date=LOGICAL_DATE,
                data_interval_start=LOGICAL_DATE,
                data_interval_end=LOGICAL_DATE,
                queued_at=LOGICAL_DATE,
            )
            for start in starts
            if start.run_key not in self._runs
        ]
        self._runs.update(run.key for run in runs)
        self.store.commit(self.lease.fence, Batch(new_runs=runs, new_attempts=starts))

    def ask_cancel(self, start: StartAttempt) -> None:
        """Write the wish to cancel down, as the engine would."""
        self.store.commit(self.lease.fence, Batch(cancel_attempts=[start.attempt_id]))

    def record_end(self, start: StartAttempt, state: AttemptState) -> None:
        """Record an end as a supervisor on some other host would."""
        outcome = AttemptOutcome(
            attempt_id=start.attempt_id,
            run_key=start.run_key,
            task_key=start.task_key,
            state=state,
            ended_at=self._clock.now(),
        )
        self.store.finish([outcome])

    def attempt(self, start: StartAttempt) -> Attempt:
        """The attempt as the ledger has it."""
        found = self.store.attempt(start.attempt_id)
        assert found is not None
        return found

    def facts(self, start: StartAttempt) -> list[str]:
        """The names of the facts about an attempt, in order."""
        stored: Sequence[StoredFact] = self.store.facts(100_000)
        facts = [each.fact for each in stored if isinstance(each.fact, AttemptFact)]
        return [type(fact).__name__ for fact in facts if fact.attempt_id == start.attempt_id]

    def log(self, start: StartAttempt) -> str:
        """The whole log of an attempt."""
        return b"".join(self.logs.stream(start.run_key, start.task_key, start.try_number)).decode()

    def log_file(self, start: StartAttempt) -> Path:
        """Where it lies."""
        return log_path(self.settings.logs_dir, start.run_key, start.task_key, start.try_number)

    async def ended(self, start: StartAttempt, seconds: float = 30.0) -> Attempt:
        """The attempt once it has ended."""
        await eventually(lambda: self.attempt(start).state not in OPEN_ATTEMPT_STATES, seconds, self.explain)
        return self.attempt(start)

    def explain(self) -> str:
        """What supervisor and nurseries said, for a failing test."""
        path = supervisor_log(self.settings)
        return path.read_text()[-5000:] if path.exists() else "(no supervisor)"

    # ---- processes

    def supervisor_pid(self) -> int:
        """Process id of the supervisor that listens."""
        link = connect(self.settings)
        if link is None:
            return 0
        with link:
            credentials = link.getsockopt(1, 17, 12)  # SOL_SOCKET, SO_PEERCRED
        pid = int.from_bytes(credentials[:4], sys.byteorder)
        self._supervisors.add(pid)
        return pid

    def nursery_pids(self) -> list[int]:
        """Process ids of nursery zero and of all nurseries of this deployment."""
        marker = f"\0COUTURE_HOME={self.settings.home}\0".encode()
        found = []
        for entry in Path("/proc").iterdir():
            with suppress(OSError):
                is_nursery = entry.name.isdigit() and (entry / "comm").read_text().startswith("nursery:")
                if is_nursery and marker in b"\0" + (entry / "environ").read_bytes():
                    found.append(int(entry.name))
        return found

    def processes_of(self, start: StartAttempt) -> list[int]:
        """Every process that carries the attempt's cookie."""
        return processes.members(processes.cookie_of(start.attempt_id))

    def close(self) -> None:
        """End supervisor and nurseries of this deployment, and nothing else."""
        marker = f"\0COUTURE_HOME={self.settings.home}\0".encode()
        for entry in Path("/proc").iterdir():
            with suppress(OSError, ValueError):
                pid = int(entry.name)
                if pid != os.getpid() and marker in b"\0" + (entry / "environ").read_bytes():
                    os.kill(pid, signal.SIGKILL)
        supervisor_socket(self.settings).unlink(missing_ok=True)
        self.store.close()


async def eventually(
    condition: Callable[[], Any], seconds: float = 30.0, explain: Callable[[], str] = lambda: ""
) -> None:
    """Wait until ``condition`` holds; fails after ``seconds``."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"it did not come true in {seconds:g} s\n{explain()}")
        await asyncio.sleep(0.01)
