"""How a trial stands, told by its process. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from jupyter_couture.display.graph import Node
from jupyter_couture.display.layout import Edge
from jupyter_couture.display.views import RunPicture, TaskLog, TaskRow
from jupyter_couture.model.ids import TaskId, TaskKey

LOG_CHARACTERS = 20_000
"""So much of the end of each log is kept and shown."""

UNDER_WAY = frozenset({"running", "restarting", "up_for_retry", "up_for_reschedule", "deferred", "awaiting_input"})
SHOWN = UNDER_WAY | {"failed"}


@dataclass(frozen=True, slots=True)
class Said:
    """A change of state, or lines of a log, of a task."""

    name: str
    state: str = ""
    try_number: int = 0
    reason: str | None = None
    text: str = ""


@dataclass
class Progress:
    """The run, its task instances and their logs, as they are known."""

    dag_id: str
    run_id: str = ""
    state: str = "queued"
    conf: Mapping[str, Any] = field(default_factory=dict)
    logical_date: datetime | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    reason: str | None = None
    nodes: Sequence[Node] = ()
    edges: Sequence[Edge] = ()
    tasks: dict[TaskKey, TaskRow] = field(default_factory=dict)
    logs: dict[TaskKey, str] = field(default_factory=dict)
    values: dict[str, Mapping[str, Any]] = field(default_factory=dict)

    def take(self, message: Mapping[str, Any]) -> list[Said]:
        """What a message of the process changes."""
        match message["kind"]:
            case "begin":
                self.run_id, self.conf = message["run_id"], message["conf"]
                self.logical_date = _moment(message["logical_date"])
                self.nodes = [Node(task_id, task_id, operator) for task_id, operator in message["nodes"]]
                self.edges = [(upstream, downstream) for upstream, downstream in message["edges"]]
            case "look":
                return self._look(message)
            case "end":
                self.state = message["state"]
        return []

    def _look(self, message: Mapping[str, Any]) -> list[Said]:
        run = message["run"]
        self.state, self.reason = run["state"], run["reason"]
        self.started_at, self.ended_at = _moment(run["started_at"]), _moment(run["ended_at"])
        said = []
        for told in message["tasks"]:
            row = _row(told)
            if row.map_index >= 0:
                self.tasks.pop(TaskKey(TaskId(row.id)), None)  # it stood for instances that were not known yet
            self.tasks[TaskKey(TaskId(row.id), row.map_index)] = row
            said.append(Said(row.name, row.state or "none", row.try_number, row.reason))
        for told in message["logs"]:
            key = TaskKey(TaskId(told["task_id"]), told["map_index"])
            self.logs[key] = (self.logs.get(key, "") + told["text"])[-LOG_CHARACTERS:]
            said.append(Said(key.name, text=told["text"]))
        self.values.update({told["task_id"]: told for told in message["values"]})
        return said

    @property
    def failed(self) -> list[TaskRow]:
        """Task instances that failed, in the order of the DAG."""
        return [task for task in self.tasks.values() if task.state == "failed"]

    def stop(self, reason: str) -> None:
        """The process is gone: what had not ended then, has not been done."""
        if self.state != "success":
            self.state, self.reason = "failed", reason
        self.ended_at = self.ended_at or datetime.now(UTC)
        for key, task in self.tasks.items():
            if task.state in UNDER_WAY:
                self.tasks[key] = replace(task, state="failed", reason=reason, ended_at=self.ended_at)

    def picture(self, opens: Collection[str] = ()) -> RunPicture:
        """What is drawn, with the logs of the tasks ``opens``, and of what failed or goes on, unfolded."""
        return RunPicture(
            dag_id=self.dag_id,
            run_id=f"test run {self.run_id}".rstrip(),
            state=self.state,
            logical_date=self.logical_date,
            started_at=self.started_at,
            ended_at=self.ended_at,
            now=datetime.now(UTC),
            conf=self.conf,
            reason=self.reason,
            tasks=list(self.tasks.values()),
            nodes=self.nodes,
            edges=self.edges,
            note="" if self.run_id else "Starting an engine for it",
            logs=[
                TaskLog(task.name, self.logs[key], is_open=task.id in opens or task.state in SHOWN)
                for key, task in self.tasks.items()
                if self.logs.get(key)
            ],
        )


def _row(told: Mapping[str, Any]) -> TaskRow:
    return TaskRow(
        id=told["task_id"],
        operator=told["operator"],
        state=told["state"],
        try_number=told["try_number"],
        started_at=_moment(told["started_at"]),
        ended_at=_moment(told["ended_at"]),
        reason=told["reason"],
        map_index=told["map_index"],
    )


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
