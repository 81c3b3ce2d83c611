"""A desk to work at a store in tests: knows one DAG, leads, and makes runs, attempts and outcomes in a word."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import count

from jupyter_couture.model.dag import DagSpec
from jupyter_couture.model.ids import AttemptId, RunId, RunKey, TaskKey, VersionHash
from jupyter_couture.model.intents import StartAttempt
from jupyter_couture.model.messages import AttemptOutcome, AttemptProgress, Claim
from jupyter_couture.model.records import Batch, DagVersion, NewRun, ParsedFile, RunUpdate, TaskUpdate
from jupyter_couture.model.run import AttemptError, DagRun, RunType, TaskInstance
from jupyter_couture.model.states import AttemptState, RunState, TaskState
from jupyter_couture.store import SqlStore
from jupyter_couture.store.tables import metadata
from tests.builders import T0, a_dag, a_run, a_task, task_key

SOURCE = "# the file\n"


def a_version(spec: DagSpec, name: str = "") -> DagVersion:
    """A version of ``spec`` named so, or after the DAG."""
    return DagVersion(VersionHash(name or f"{spec.dag_id}@1"), spec, SOURCE)


def a_file(*versions: DagVersion, file: str = "d.py", content: str = "h") -> ParsedFile:
    """A file that parsed well."""
    return ParsedFile(file, content, versions)


def a_wish(spec: DagSpec, run_id: str = "r", at: float = 0.0, key: str | None = None) -> NewRun:
    """A wish for a manual run, its logical date ``at`` seconds after the tests' time."""
    when = T0 + timedelta(seconds=at)
    return NewRun(
        dag_id=spec.dag_id,
        run_id=RunId(run_id),
        run_type=RunType.MANUAL,
        logical_date=when,
        data_interval_start=when,
        data_interval_end=when,
        conf={"size": 3},
        at=T0,
        idempotency_key=key,
    )


@dataclass
class Desk:
    """A store in which ``spec`` is known and active, and whose lease is ours."""

    store: SqlStore
    spec: DagSpec
    fence: int
    numbers: "count[int]"

    @classmethod
    def at(cls, store: SqlStore, *tasks: str, dag_id: str = "d") -> "Desk":
        """Sit down: record the DAG and take the lease."""
        spec = a_dag(*(a_task(name) for name in tasks or ("a", "b")), dag_id=dag_id)
        store.record_parse([a_file(a_version(spec), file=f"{dag_id}.py")], T0, paused_at_creation=False)
        lease = store.acquire_lease("desk", 600)
        assert lease is not None
        return cls(store, spec, lease.fence, count(1))

    @property
    def tasks(self) -> list[TaskInstance]:
        """The DAG's task instances as a run begins."""
        return [TaskInstance(task_key(task.task_id)) for task in self.spec.tasks]

    def commit(self, batch: Batch) -> int:
        """Write as the leader."""
        return self.store.commit(self.fence, batch)

    def started(self, run_id: str = "r", at: float = 0.0) -> DagRun:
        """A running run with its task instances, made now."""
        queued, _ = self.store.create_run(a_wish(self.spec, run_id, at))
        running = replace(queued, state=RunState.RUNNING, started_at=T0)
        self.commit(
            Batch(new_tasks=[(queued.key, self.tasks)], run_updates=[RunUpdate(running, expected=RunState.QUEUED)])
        )
        return running

    def scheduled(self, run_id: str = "s", at: float = 0.0) -> DagRun:
        """A scheduled run that is not stored yet."""
        run = a_run(self.spec, run_id, T0 + timedelta(seconds=at))
        return replace(run, run_type=RunType.SCHEDULED, version=VersionHash(f"{self.spec.dag_id}@1"))

    def start(self, run: DagRun, task: str = "a", try_number: int = 1) -> StartAttempt:
        """An intent with a new attempt id."""
        return StartAttempt(
            attempt_id=AttemptId(f"{next(self.numbers):032x}"),
            run_key=run.key,
            task_key=task_key(task),
            try_number=try_number,
            version=run.version,
            fence=self.fence,
            operator_kind="python",
            logical_date=run.logical_date,
            data_interval_start=run.data_interval_start,
            data_interval_end=run.data_interval_end,
            run_type=run.run_type.value,
            run_queued_at=run.queued_at,
            conf=run.conf,
            max_tries=2,
            timeout_seconds=7.5,
        )

    def dispatched(self, run: DagRun, tasks: Iterable[str] = ("a",)) -> list[StartAttempt]:
        """Attempts of ``tasks`` that are dispatching, with their task instances queued."""
        starts = [self.start(run, task) for task in tasks]
        self.commit(
            Batch(new_attempts=starts, task_updates=[self.queued(start, expected=TaskState.NONE) for start in starts])
        )
        return starts

    def queued(self, start: StartAttempt, expected: TaskState) -> TaskUpdate:
        """The update that goes with a new attempt."""
        task = TaskInstance(start.task_key, TaskState.QUEUED, 1, attempt_id=start.attempt_id, queued_at=T0)
        return TaskUpdate(start.run_key, task, expected)

    def fact_count(self) -> int:
        """How many facts wait."""
        return len(self.store.facts(10_000))

    def states(self, key: RunKey) -> dict[str, str]:
        """State of each task instance of a run."""
        return {row.task.key.task_id: row.task.state.value for row in self.store.task_rows(key)}


def to(task: str, state: TaskState, run: DagRun, expected: TaskState = TaskState.NONE) -> TaskUpdate:
    """An update of one task instance."""
    return TaskUpdate(run.key, TaskInstance(task_key(task), state), expected)


def claims(starts: Sequence[StartAttempt], runner: str = "host:1") -> list[Claim]:
    """Claims of all ``starts`` by one runner."""
    return [
        Claim(
            attempt_id=start.attempt_id,
            run_key=start.run_key,
            task_key=start.task_key,
            runner=runner,
            host="host",
            at=T0,
        )
        for start in starts
    ]


def outcome(start: StartAttempt, state: AttemptState = AttemptState.SUCCESS) -> AttemptOutcome:
    """How an attempt ended."""
    is_good = state in (AttemptState.SUCCESS, AttemptState.CANCELLED)
    return AttemptOutcome(
        attempt_id=start.attempt_id,
        run_key=start.run_key,
        task_key=start.task_key,
        state=state,
        ended_at=T0 + timedelta(seconds=5),
        exit_code=0 if is_good else 1,
        error=None if is_good else AttemptError("Boom", "it broke", "line 1\nline 2", "mend it"),
    )


def progress(start: StartAttempt, done: int, label: str = "") -> AttemptProgress:
    """How far an attempt is."""
    return AttemptProgress(
        attempt_id=start.attempt_id,
        run_key=start.run_key,
        task_key=start.task_key,
        try_number=start.try_number,
        at=T0,
        done=done,
        total=10,
        label=label,
    )


def key_of(task: str) -> TaskKey:
    """The key of an unmapped task."""
    return task_key(task)


def contents(store: SqlStore) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table."""
    return store._db.read(
        lambda connection: {
            table.name: sorted((tuple(row) for row in connection.execute(table.select())), key=repr)
            for table in metadata.sorted_tables
        }
    )
