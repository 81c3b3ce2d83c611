"""What a test sees of a run that is over."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from jupyter_couture.model.alerts import Mail, SlaMiss
from jupyter_couture.model.dag import Json
from jupyter_couture.model.errors import CoutureError
from jupyter_couture.model.ids import TaskId, TaskKey
from jupyter_couture.model.run import AttemptError, DagRun

_TAIL_CHARACTERS = 2000


class RunStuck(CoutureError):
    """A run under test does not come to its end; the message says what its tasks wait for."""

    def describe(self) -> str:
        return str(self.fields["message"])


@dataclass(frozen=True, slots=True)
class AttemptResult:
    """One attempt: a try, a look of a sensor, or a part of a deferred task. ``state`` is that of the attempt."""

    try_number: int
    state: str
    began_at: datetime
    ended_at: datetime
    error: AttemptError | None = None


@dataclass(frozen=True, slots=True)
class CallbackCall:
    """A callback that was called: its name (``on_failure`` ...), and of whom; ``task_id`` is empty for the DAG's."""

    name: str
    dag_id: str
    task_id: str
    function: str
    at: datetime


@dataclass(frozen=True, slots=True)
class StateChange:
    """A task instance has come into a state. ``task`` is ``id`` or ``id[3]``."""

    at: datetime
    task: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskResult:
    """One task instance. ``rendered`` are its template fields as people see them, ``xcoms`` its values by key."""

    task_id: str
    map_index: int
    state: str
    try_number: int
    reason: str
    started_at: datetime | None
    ended_at: datetime | None
    label: str | None = None
    rendered: Mapping[str, Json] = field(default_factory=dict)
    xcoms: Mapping[str, Any] = field(default_factory=dict)
    attempts: Sequence[AttemptResult] = ()
    log: str = ""

    @property
    def value(self) -> Any:
        """What the task returned; None if it returned nothing."""
        return self.xcoms.get("return_value")

    @property
    def error(self) -> AttemptError | None:
        """How its last attempt failed; None if it did not."""
        return self.attempts[-1].error if self.attempts else None


class TaskResults:
    """Task instances: ``tasks["id"]``, or ``tasks["id", 3]`` of a mapped task. ``of("id")`` gives all of one task."""

    def __init__(self, found: Mapping[TaskKey, TaskResult]) -> None:
        self._found = dict(found)

    def __getitem__(self, name: str | tuple[str, int]) -> TaskResult:
        task_id, index = name if isinstance(name, tuple) else (name, -1)
        found = self._found.get(TaskKey(TaskId(task_id), index))
        if found is not None:
            return found
        indexes = [key.map_index for key in self._found if key.task_id == task_id]
        if indexes:
            raise KeyError(
                f"task {task_id!r} is mapped: ask for tasks[{task_id!r}, index], index being one of {indexes}"
            )
        raise KeyError(f"there is no task {task_id!r}; there are {', '.join(self)}")

    def __iter__(self) -> Iterator[str]:
        return iter([key.name for key in self._found])

    def __len__(self) -> int:
        return len(self._found)

    def of(self, task_id: str) -> list[TaskResult]:
        """All instances of a task, by index."""
        return sorted(
            (one for key, one in self._found.items() if key.task_id == task_id), key=lambda one: one.map_index
        )

    def everything(self) -> list[TaskResult]:
        """All instances."""
        return list(self._found.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class DagResult:
    """A run. ``children`` are those its tasks triggered, by DAG. ``ended_at`` is a moment of the fake time."""

    run: DagRun
    tasks: TaskResults
    timeline: Sequence[StateChange] = ()
    callbacks: Sequence[CallbackCall] = ()
    sla_misses: Sequence[SlaMiss] = ()
    mails: Sequence[Mail] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
    children: Mapping[str, Sequence["DagResult"]] = field(default_factory=dict)

    @property
    def state(self) -> str:
        """``success`` or ``failed``."""
        return self.run.state.value

    @property
    def states(self) -> dict[str, str]:
        """The state of every task instance, by ``id`` or ``id[3]``."""
        return {TaskKey(TaskId(one.task_id), one.map_index).name: one.state for one in self.tasks.everything()}

    @property
    def seconds(self) -> float:
        """How long the run took in fake time."""
        if self.run.started_at is None or self.run.ended_at is None:
            return 0.0
        return (self.run.ended_at - self.run.started_at).total_seconds()

    def assert_success(self) -> None:
        """Raise ``AssertionError`` with errors and ends of logs if the run has failed."""
        if self.state == "success":
            return
        lines = [f"Run of DAG {self.run.dag_id!r} failed: {self.run.reason or 'see its tasks'}"]
        for one in self.tasks.everything():
            if one.error is not None:
                lines += [f"--- task {one.task_id} [{one.map_index}]: {one.error.type}: {one.error.message}"]
                lines += [one.log[-_TAIL_CHARACTERS:]]
        raise AssertionError("\n".join(lines))
