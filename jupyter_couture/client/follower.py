"""A run as it goes on: a snapshot, brought up to date by events. Pure; both faces feed it."""

from dataclasses import dataclass
from typing import TypeVar

import msgspec

from jupyter_couture.client.wire import Event, Progress, RunInfo, TaskInfo, TaskList

T = TypeVar("T", RunInfo, TaskInfo)

OVER = frozenset({"success", "failed"})
"""States in which a run has ended."""


@dataclass(frozen=True, slots=True)
class Change:
    """A task instance (or, without ``task_id``, the run) came to ``state``."""

    task_id: str | None
    map_index: int
    state: str
    try_number: int = 0
    reason: str | None = None

    @property
    def name(self) -> str:
        """The task with its index, or ``run``."""
        if self.task_id is None:
            return "run"
        return self.task_id if self.map_index < 0 else f"{self.task_id}[{self.map_index}]"


class RunFollower:
    """The present state of one run. ``take_snapshot`` first, then ``take`` events in their order."""

    def __init__(self, run: RunInfo) -> None:
        self.run = run
        self.tasks: dict[tuple[str, int], TaskInfo] = {}
        self.is_removed = False
        self._has_ended = False
        self._known_at = -1

    @property
    def is_over(self) -> bool:
        """Whether the run has ended, or is no more."""
        return self.is_removed or self._has_ended or self.run.state in OVER

    @property
    def cursor(self) -> int:
        """The snapshot is at least as new as this event: listen from here."""
        return self._known_at

    def take_snapshot(self, run: RunInfo, tasks: TaskList) -> list[Change]:
        """What is otherwise than it was known. ``tasks`` must have been asked for before ``run``."""
        before = {key: (task.state, task.try_number) for key, task in self.tasks.items()}
        was, self.run, self._has_ended = self.run.state, run, False
        self._known_at = tasks.feed_seq
        self.tasks = {(task.task_id, task.map_index): task for task in tasks.tasks}
        changes = [
            _change(task)
            for key, task in self.tasks.items()
            if before.get(key, ("none", 0)) != (task.state, task.try_number)
        ]
        return changes if run.state == was else [*changes, self._run_change()]

    def take(self, event: Event) -> list[Change]:
        """What an event changes; nothing if it is about something else, or older than the snapshot."""
        mine = (event.dag_id, event.run_id) == (self.run.dag_id, self.run.run_id)
        if not mine or event.seq <= self._known_at:
            return []
        match event.kind:
            case "run.state":
                if event.data.get("state") in OVER:
                    self._has_ended = True  # told by the snapshot that follows, after the last tasks
                    return []
                was = self.run.state
                self.run = _with(self.run, event, ("state", "started_at", "ended_at"))
                return [] if self.run.state == was else [self._run_change()]
            case "run.removed":
                self.is_removed = True
                return []
            case "task.state":
                return self._task_changed(event)
            case "attempt.progress":
                self._progressed(event)
        return []

    def _task_changed(self, event: Event) -> list[Change]:
        key = _key(event)
        known = self.tasks.get(key) or self._first_sight(event)
        if key[1] >= 0:
            self.tasks.pop((key[0], -1), None)  # it stood for instances that were not known yet
        told = ("state", "try_number", "queued_at", "started_at", "ended_at", "next_retry_at", "reason")
        task = _with(known, event, told)
        task = self.tasks[key] = msgspec.structs.replace(task, map_index=key[1])
        if (task.state, task.try_number) == (known.state, known.try_number):
            return []
        return [_change(task)]

    def _progressed(self, event: Event) -> None:
        known = self.tasks.get(_key(event))
        if known is not None:
            self.tasks[_key(event)] = msgspec.structs.replace(known, progress=msgspec.convert(event.data, Progress))

    def _first_sight(self, event: Event) -> TaskInfo:
        """A task instance that the snapshot did not have: that of a mapped task whose length was not known."""
        like = next((task for key, task in self.tasks.items() if key[0] == event.task_id), None)
        if like is not None:
            return msgspec.structs.replace(like, state="none", try_number=0, progress=None, reason=None)
        run = self.run
        return TaskInfo(
            dag_id=run.dag_id, run_id=run.run_id, task_id=event.task_id or "", map_index=-1, state="none",
            try_number=0, max_tries=0, operator="", kind="", queued_at=None, started_at=None, ended_at=None,
            duration_seconds=None, next_retry_at=None, reason=None, progress=None,
        )  # fmt: skip

    def _run_change(self) -> Change:
        return Change(None, -1, self.run.state, reason=self.run.reason)


def _key(event: Event) -> tuple[str, int]:
    return event.task_id or "", -1 if event.map_index is None else event.map_index


def _change(task: TaskInfo) -> Change:
    return Change(task.task_id, task.map_index, task.state, task.try_number, task.reason)


def _with(known: T, event: Event, names: tuple[str, ...]) -> T:
    """``known`` with what the event says of these fields."""
    told = {name: event.data[name] for name in names if name in event.data}
    return msgspec.convert({**msgspec.to_builtins(known), **told}, type(known))
