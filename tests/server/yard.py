"""A database with DAGs, runs and attempts in it, made through the ports the engine and supervisors use."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import cast

from jupyter_couture.model.backfills import Backfill, BackfillSlot
from jupyter_couture.model.dag import DagSpec, Json, TaskKind, TaskSpec
from jupyter_couture.model.ids import AttemptId, DagId, RunId, RunKey, TaskId, TaskKey, VersionHash
from jupyter_couture.model.intents import StartAttempt
from jupyter_couture.model.messages import AttemptOutcome, Claim
from jupyter_couture.model.policy import RetryPolicy, Schedule, ScheduleKind, Upcoming
from jupyter_couture.model.records import (
    Batch,
    DagVersion,
    FeedEntry,
    ImportProblem,
    NewRun,
    ParsedFile,
    RunUpdate,
    TaskUpdate,
)
from jupyter_couture.model.run import AttemptError, DagRun, RunType, TaskInstance, Wait, WaitKind
from jupyter_couture.model.states import AttemptState, RunState, TaskState
from jupyter_couture.model.xcom import XComForm, XComItem
from jupyter_couture.runtime.logs import log_path
from jupyter_couture.store import SqlStore
from jupyter_couture.store.keys import KeyRing
from jupyter_couture.store.xcoms import PushedItem, put_xcoms

T0 = datetime(2026, 11, 22, 12, tzinfo=UTC)


def etl(dag_id: str = "etl") -> DagSpec:
    """Three tasks in a row, daily, with params."""
    return DagSpec(
        dag_id=DagId(dag_id),
        file=f"{dag_id}.py",
        description="Extract, transform, load",
        doc="# ETL",
        schedule=Schedule(ScheduleKind.CRON, label="@daily", expression="0 0 * * *"),
        start_date=T0,
        owner="ada",
        tags=("nightly",),
        params={"rows": 10, "name": "x", "ratio": 0.5, "deep": {"a": [1]}, "any": None},
        tasks=(
            TaskSpec(TaskId("extract"), "PythonOperator", TaskKind.PYTHON, retry=RetryPolicy(retries=2)),
            TaskSpec(TaskId("transform"), "BashOperator", TaskKind.BASH, upstream=(TaskId("extract"),)),
            TaskSpec(TaskId("load"), "NotebookOperator", TaskKind.NOTEBOOK, upstream=(TaskId("transform"),)),
        ),
    )


def add_origins(yard: "Yard") -> None:
    """A DAG ``nightly`` that updates the asset ``s3://thing``, and the first backfill, of the DAG ``etl``."""
    made = etl("nightly")
    first = replace(made.tasks[0], outlets=("s3://thing",))
    yard.add_dag(replace(made, start_date=T0 - timedelta(days=9), tasks=(first, *made.tasks[1:])))
    slots = [BackfillSlot(0, Upcoming(T0, T0 + timedelta(days=1), T0 + timedelta(days=1)))]
    yard.store.create_backfill(Backfill(backfill_id=0, dag_id=DagId("etl"), first=T0, last=T0, created_at=T0), slots)


class Yard:
    """Puts things into the database of a deployment whose home is ``home``."""

    def __init__(self, home: Path, url: str = "") -> None:
        home.mkdir(parents=True, exist_ok=True)
        self.home = home
        self.store = SqlStore.open(url or f"sqlite:///{home / 'couture.db'}", keys=KeyRing(file=home / "fernet.keys"))
        lease = self.store.acquire_lease("yard", 3600)
        assert lease is not None
        self.fence = lease.fence
        self._ids = count(1)

    def close(self) -> None:
        """Close the connections."""
        self.store.close()

    def add_dag(self, spec: DagSpec, version: str = "", *, is_paused: bool = False) -> DagSpec:
        """A DAG with the source of its file."""
        version = version or f"{spec.dag_id}v1"
        source = f"# {spec.dag_id} {version}\n"
        found = DagVersion(VersionHash(version), spec, source)
        file = ParsedFile(file=spec.file, content_hash=version, dags=(found,))
        self.store.record_parse([file], T0, paused_at_creation=is_paused)
        return spec

    def add_problem(self, file: str, message: str, line: int | None = None) -> None:
        """A file that cannot be loaded."""
        problem = ImportProblem(file=file, message=message, line=line, at=T0)
        self.store.record_parse(
            [ParsedFile(file=file, content_hash="broken", problems=(problem,))], T0, paused_at_creation=False
        )

    def add_run(
        self, spec: DagSpec, run_id: str, states: Mapping[str, TaskState], state: RunState = RunState.RUNNING
    ) -> RunKey:
        """A run whose tasks are in ``states`` (those not named: none)."""
        at = T0 + timedelta(days=next(self._ids))
        wish = NewRun(
            dag_id=spec.dag_id,
            run_id=RunId(run_id),
            run_type=RunType.MANUAL,
            logical_date=at,
            data_interval_start=at,
            data_interval_end=at,
            conf={},
            at=at,
        )
        run, _ = self.store.create_run(wish)
        tasks = [
            TaskInstance(key=TaskKey(task.task_id), state=states.get(task.task_id, TaskState.NONE))
            for task in spec.tasks
        ]
        running = replace(run, state=RunState.RUNNING, started_at=at)
        changes = [RunUpdate(running, RunState.QUEUED)]
        if state is not RunState.RUNNING:
            ended = replace(running, state=state, ended_at=at + timedelta(seconds=90))
            changes.append(RunUpdate(ended, RunState.RUNNING))
        for place, change in enumerate(changes):
            new_tasks = [(run.key, tasks)] if place == 0 else []
            self.commit(Batch(new_tasks=new_tasks, run_updates=[change], feed=[_run_news(change.run)]))
        return run.key

    def add_value(self, key: RunKey, task_id: str, name: str, item: XComItem | None = None) -> None:
        """A value that a task handed on."""
        made = item or XComItem(form=XComForm.JSON, type_name="int", size_bytes=1, preview=1, value=1)
        pushed = PushedItem(key, TaskKey(TaskId(task_id)), "attempt", name, made)
        self.store._db.write(lambda connection: put_xcoms(connection, [pushed]))

    def commit(self, batch: Batch) -> int:
        """As the leader."""
        return self.store.commit(self.fence, batch)

    def ask_somebody(self, key: RunKey, task_id: str, *options: str) -> None:
        """Let a task wait for a person."""
        now = self.store.task_row(key, TaskKey(TaskId(task_id))).task
        wait = Wait("w" * 32, WaitKind.PERSON, "execute", arguments={"subject": "Well?", "options": list(options)})
        asking = replace(now, state=TaskState.AWAITING_INPUT, wait=wait)
        self.commit(Batch(task_updates=[TaskUpdate(key, asking, now.state)]))

    def add_attempt(
        self,
        key: RunKey,
        task_id: str,
        *,
        try_number: int = 1,
        ends: AttemptState | None = None,
        error: AttemptError | None = None,
        rendered: Mapping[str, Json] | None = None,
        outputs: Mapping[str, Json] | None = None,
    ) -> AttemptId:
        """An attempt that runs, or has ended as ``ends``."""
        attempt_id = AttemptId(f"{next(self._ids):032x}")
        task = TaskKey(TaskId(task_id))
        start = StartAttempt(
            attempt_id=attempt_id,
            run_key=key,
            task_key=task,
            try_number=try_number,
            version=VersionHash(f"{key.dag_id}v1"),
            fence=self.fence,
            operator_kind="python",
            logical_date=T0,
            data_interval_start=T0,
            data_interval_end=T0,
            run_type="manual",
            run_queued_at=T0,
            conf={},
            max_tries=3,
        )
        now = self.store.task_row(key, task).task
        queued = replace(now, state=TaskState.QUEUED, try_number=try_number, attempt_id=attempt_id, queued_at=T0)
        self.commit(Batch(new_attempts=[start], task_updates=[TaskUpdate(key, queued, now.state)]))
        self.store.claim(
            [Claim(attempt_id=attempt_id, run_key=key, task_key=task, runner="host:1", host="host", at=T0)]
        )
        self.store.set_pid({attempt_id: 4242})
        if ends is not None:
            self.finish(attempt_id, key, task_id, ends, error=error, rendered=rendered, outputs=outputs)
        return attempt_id

    def finish(
        self,
        attempt_id: AttemptId,
        key: RunKey,
        task_id: str,
        ends: AttemptState,
        *,
        error: AttemptError | None = None,
        rendered: Mapping[str, Json] | None = None,
        outputs: Mapping[str, Json] | None = None,
    ) -> None:
        """End a running attempt."""
        self.store.finish(
            [
                AttemptOutcome(
                    attempt_id=attempt_id,
                    run_key=key,
                    task_key=TaskKey(TaskId(task_id)),
                    state=ends,
                    ended_at=T0 + timedelta(seconds=5),
                    exit_code=0 if ends is AttemptState.SUCCESS else 1,
                    error=error,
                    rendered=rendered or {},
                    outputs=outputs or {},
                )
            ]
        )

    def log(self, key: RunKey, task_id: str, try_number: int = 1) -> Path:
        """Where an attempt writes its log; the folder is made."""
        path = log_path(self.home / "logs", key, TaskKey(TaskId(task_id)), try_number)
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def news(self, number: int, text: str = "news") -> int:
        """``number`` feed events in one transaction; the newest feed number."""
        entries = [
            FeedEntry(kind="dag.changed", dag_id=text, data={"is_paused": False, "version": str(each)})
            for each in range(number)
        ]
        return self.commit(Batch(feed=entries))

    def audit(self) -> Sequence[Mapping[str, Json]]:
        """All audit entries, oldest first."""
        with self.store._db.engine.connect() as connection:
            rows = connection.exec_driver_sql("SELECT * FROM audit ORDER BY 1").mappings().all()
        return [cast(Mapping[str, Json], dict(row)) for row in rows]


def _run_news(run: DagRun) -> FeedEntry:
    return FeedEntry(kind="run.state", dag_id=run.dag_id, run_id=run.run_id, data={"state": run.state.value})
