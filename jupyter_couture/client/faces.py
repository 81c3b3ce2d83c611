"""What a DAG, a run and a task of a client say of themselves, whichever face asks the server."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from jupyter_couture.authoring.crons import cron_of
from jupyter_couture.client.follower import OVER, RunFollower
from jupyter_couture.client.wire import DagInfo, Graph, NextRun, NextRuns, RunInfo, TaskInfo
from jupyter_couture.display.graph import Node
from jupyter_couture.display.layout import Edge
from jupyter_couture.display.schedules import cron_words
from jupyter_couture.display.views import (
    Coming,
    DagPicture,
    RunPicture,
    TaskRow,
    dag_html,
    duration,
    run_html,
    schedule_html,
    task_html,
)

NEXT_RUNS = 5
_NEXT_IN_HEAD = 3


class DagFace:
    """A DAG as it was when asked last; ``update`` asks again."""

    info: DagInfo

    @property
    def dag_id(self) -> str:
        return self.info.dag_id

    @property
    def is_paused(self) -> bool:
        """Whether it is off: its schedule is not followed, and runs wait."""
        return self.info.is_paused

    @property
    def next_run_at(self) -> datetime | None:
        """When its next scheduled run is due."""
        return self.info.next_run_at

    def __repr__(self) -> str:
        info = self.info
        return (
            f"<DAG {info.dag_id}: {'off' if info.is_paused else 'on'}, "
            f"schedule {info.schedule_label or 'None'}, {info.task_count} tasks>"
        )


class RunFace:
    """A run as it was when asked last; ``update`` asks again."""

    info: RunInfo

    @property
    def dag_id(self) -> str:
        return self.info.dag_id

    @property
    def run_id(self) -> str:
        return self.info.run_id

    @property
    def state(self) -> str:
        """``queued``, ``running``, ``success`` or ``failed``."""
        return self.info.state

    @property
    def is_over(self) -> bool:
        """Whether it had ended when asked last."""
        return self.info.state in OVER

    @property
    def is_success(self) -> bool:
        """Whether it has ended well."""
        return self.info.state == "success"

    @property
    def started_at(self) -> datetime | None:
        return self.info.started_at

    @property
    def ended_at(self) -> datetime | None:
        return self.info.ended_at

    def __repr__(self) -> str:
        took = duration(self.info.started_at, self.info.ended_at)
        return f"<Run {self.dag_id} {self.run_id}: {self.state}{f' after {took}' if took else ''}>"


class TaskFace:
    """A task instance as it was when asked last; ``update`` asks again."""

    info: TaskInfo

    @property
    def task_id(self) -> str:
        return self.info.task_id

    @property
    def map_index(self) -> int:
        """Which instance of a mapped task; -1 if it is not mapped."""
        return self.info.map_index

    @property
    def state(self) -> str:
        return self.info.state

    @property
    def try_number(self) -> int:
        """The number of its latest attempt, from 1; 0 if there was none."""
        return self.info.try_number

    def __repr__(self) -> str:
        row = row_of(self.info)
        tries = f", try {row.try_number}" if row.try_number > 1 else ""
        return f"<Task {self.info.dag_id} {self.info.run_id} {row.name}: {self.state}{tries}>"

    def _repr_html_(self) -> str:
        return task_html(row_of(self.info), run=f"{self.info.dag_id} {self.info.run_id}")


@dataclass(frozen=True)
class Schedule:
    """When a DAG is due: its schedule and the runs to come."""

    dag_id: str
    schedule: str | None
    timezone: str
    is_paused: bool
    runs: Sequence[NextRun]
    problem: str | None = None

    @classmethod
    def of(cls, told: NextRuns) -> "Schedule":
        """From what the server says."""
        return cls(told.dag_id, told.schedule, told.timezone, told.is_paused, tuple(told.runs), told.problem)

    @property
    def words(self) -> str:
        """What the schedule says, if it is a cron text: ``every day at 06:30``."""
        return cron_words(cron_of(self.schedule or "")) or ""

    def __repr__(self) -> str:
        said = f", {self.words}" if self.words else ""
        following = f", next at {self.runs[0].due_at.isoformat()}" if self.runs else ""
        following += ", off" if self.is_paused else ""
        return f"<Schedule of {self.dag_id}: {self.schedule or 'None'}{said} ({self.timezone}){following}>"

    def _repr_html_(self) -> str:
        said = f"{self.words[0].upper()}{self.words[1:]}." if self.words else ""
        off = "The DAG is off: it does not run by itself until it is turned on." if self.is_paused else ""
        note = self.problem or " ".join(filter(None, (said, off)))
        return schedule_html(self.dag_id, self.schedule or "", self.timezone, coming_of(self.runs), note=note)


@dataclass(frozen=True)
class Outcome:
    """How a run that was watched ended. True if it succeeded."""

    run: RunInfo
    failed: tuple[str, ...] = ()

    @property
    def state(self) -> str:
        return self.run.state

    @property
    def is_success(self) -> bool:
        return self.run.state == "success"

    def __bool__(self) -> bool:
        return self.is_success

    def __repr__(self) -> str:
        took = duration(self.run.started_at, self.run.ended_at)
        what = f"{self.run.dag_id} {self.run.run_id}: {self.state}{f' after {took}' if took else ''}"
        return what + (f"; failed: {', '.join(self.failed)}" if self.failed else "")


def outcome_of(follower: RunFollower) -> Outcome:
    """How a run that is over ended."""
    failed = [row_of(task).name for task in follower.tasks.values() if task.state == "failed"]
    return Outcome(follower.run, tuple(failed))


def row_of(task: TaskInfo) -> TaskRow:
    """A task instance as it is drawn."""
    return TaskRow(
        id=task.task_id,
        operator=task.operator,
        state=task.state,
        try_number=task.try_number,
        started_at=task.started_at,
        ended_at=task.ended_at,
        reason=task.reason,
        map_index=task.map_index,
    )


def coming_of(runs: Iterable[NextRun]) -> list[Coming]:
    """Runs to come as they are drawn."""
    return [Coming(run.due_at, run.local_time) for run in runs]


def dag_picture(info: DagInfo, graph: Graph | None, following: NextRuns | None) -> str:
    """A DAG as markup."""
    nodes, edges = nodes_of(graph)
    last = info.last_run
    return dag_html(
        DagPicture(
            dag_id=info.dag_id,
            description=info.description,
            schedule=info.schedule_label if info.schedule else "",
            timezone=info.timezone,
            owner=info.owner,
            tags=info.tags,
            is_paused=info.is_paused,
            nodes=None if graph is None else nodes,
            edges=edges,
            coming=coming_of(following.runs[:_NEXT_IN_HEAD]) if following else [],
            last_run=None
            if last is None
            else RunPicture(last.dag_id, last.run_id, last.state, started_at=last.started_at),
            problem="Its file cannot be loaded; this is the version before." if info.has_import_error else "",
        )
    )


def run_picture(run: RunInfo, tasks: Iterable[TaskInfo], graph: Graph | None, note: str = "") -> str:
    """A run as markup."""
    nodes, edges = nodes_of(graph)
    return run_html(
        RunPicture(
            dag_id=run.dag_id,
            run_id=run.run_id,
            state=run.state,
            run_type=run.run_type,
            logical_date=run.logical_date,
            started_at=run.started_at,
            ended_at=run.ended_at,
            now=datetime.now(UTC),
            conf=run.conf,
            reason=run.reason,
            tasks=[row_of(task) for task in tasks],
            nodes=nodes,
            edges=edges,
            note=note,
        )
    )


def nodes_of(graph: Graph | None) -> tuple[list[Node], list[Edge]]:
    """A graph as it is drawn."""
    if graph is None:
        return [], []
    return [Node(node.id, node.label or node.id, node.operator) for node in graph.nodes], list(graph.edges)
