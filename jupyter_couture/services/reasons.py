"""Why a task instance does not run: the reasons the engine acts on, found again from what the store says."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from jupyter_couture.decisions.capacity import Occupancy, Room
from jupyter_couture.decisions.due import DagCase
from jupyter_couture.decisions.explain import failure, sentence, waiting_reasons
from jupyter_couture.decisions.live import LiveRun
from jupyter_couture.decisions.past import FIRST, Past, past_of
from jupyter_couture.decisions.plan import run_refusals
from jupyter_couture.model.errors import NotFound
from jupyter_couture.model.ids import DagId, RunKey, TaskKey
from jupyter_couture.model.reasons import Reason, ReasonKind
from jupyter_couture.model.run import Attempt, DagRun
from jupyter_couture.model.states import TERMINAL_RUN_STATES, TERMINAL_TASK_STATES, RunState, TaskState
from jupyter_couture.ports.clock import Clock
from jupyter_couture.ports.pools import Busy
from jupyter_couture.ports.store import SchedulerStore


class ReasonStore(SchedulerStore, Protocol):
    """What reasons need of the store."""

    def busy(self) -> Sequence[Busy]:
        """What takes slots, in numbers."""
        ...

    def running_runs(self, dag_id: DagId) -> int:
        """How many runs of the DAG take room."""
        ...

    def run_before(self, run: DagRun) -> DagRun | None:
        """The run before, live or not, with its task instances."""
        ...

    def attempts_of(self, key: RunKey, task: TaskKey) -> Sequence[Attempt]:
        """All attempts of a task instance by number."""
        ...


@dataclass(frozen=True, slots=True)
class TaskReasons:
    """Why one task instance does not run, never ran, or failed."""

    task: TaskKey
    state: TaskState
    reasons: Sequence[Reason]


@dataclass(frozen=True, slots=True)
class RunReasons:
    """Why a run does not go on: what holds for all of it, and task by task; ``total`` counts tasks left out, too."""

    of_run: Sequence[Reason]
    tasks: Sequence[TaskReasons]
    total: int


# What runs, or has run well, asks for no reason.
_NOT_ASKED = {TaskState.RUNNING, TaskState.SUCCESS, TaskState.REMOVED}
# Why anything else is left undone mostly follows from these.
_TOLD_FIRST = {TaskState.FAILED: 0, TaskState.UP_FOR_RETRY: 1}


def _own(reasons: Sequence[Reason]) -> Sequence[Reason]:
    """Without the bare word that it is over, where it is known what made it so."""
    causes = [reason for reason in reasons if reason.kind is not ReasonKind.TERMINAL]
    return causes or reasons


class Reasons:
    """Answers why. Every method may block. ``slots`` is taken if no leader said how many there are."""

    def __init__(self, store: ReasonStore, clock: Clock, slots: int) -> None:
        self._store = store
        self._clock = clock
        self._slots = slots

    def of(self, key: RunKey, task: TaskKey) -> list[Reason]:
        """What keeps a task instance from running now, or what it failed of; empty if it runs or is about to.

        Raises ``NotFound``. A task of a run that has not started has no instances yet and waits with its run.
        """
        run = self._store.run_with_tasks(key)
        if run is None:
            raise NotFound(what="DAG run", id=f"{key.dag_id}/{key.run_id}")
        spec = self._store.spec(run.version)
        if task.task_id not in spec.task_by_id:
            raise NotFound(what="task", id=task.task_id, **key._asdict())
        if run.tasks and task not in run.tasks:
            raise NotFound(what="task instance", id=task.name, **key._asdict())
        item = LiveRun.of(run, spec)
        lease, now = self._store.current_lease(), self._store.now()
        occupancy = self._occupancy(lease.slots if lease is not None else None)
        found = waiting_reasons(item, task, occupancy, self._of_run(item), self._past(item))
        found = [*self._failure(item, task), *found]
        is_over = bool(run.tasks) and run.tasks[task].state in TERMINAL_TASK_STATES
        if found and not is_over and (lease is None or lease.expires_at <= now):
            found.append(Reason(ReasonKind.NO_LEADER))
        return found

    def of_run(self, key: RunKey, limit: int, offset: int = 0) -> RunReasons:
        """What holds up a run, and each of its tasks; ``limit`` of them: what failed, then as in the DAG file.

        Raises ``NotFound``. What holds up the whole run is not said again of each task.
        """
        run = self._store.run_with_tasks(key)
        if run is None:
            raise NotFound(what="DAG run", id=f"{key.dag_id}/{key.run_id}")
        spec = self._store.spec(run.version)
        item = LiveRun.of(run, spec)
        if run.state in TERMINAL_RUN_STATES:
            of_run: list[Reason] = []
        else:
            of_run = [Reason(ReasonKind.RUN_QUEUED)] if run.state is RunState.QUEUED else []
            of_run += self._of_run(item)
        lease, now = self._store.current_lease(), self._store.now()
        if run.state not in TERMINAL_RUN_STATES and (lease is None or lease.expires_at <= now):
            of_run.append(Reason(ReasonKind.NO_LEADER))
        if run.state is RunState.QUEUED:
            return RunReasons(of_run, [], 0)
        occupancy = self._occupancy(lease.slots if lease is not None else None)
        past = self._past(item)
        order = {each.task_id: place for place, each in enumerate(spec.tasks)}
        idle = sorted(
            (task for task, found in run.tasks.items() if found.state not in _NOT_ASKED),
            key=lambda task: (
                _TOLD_FIRST.get(run.tasks[task].state, len(_TOLD_FIRST)),
                order.get(task.task_id, len(order)),
                task.map_index,
            ),
        )
        tasks = [
            TaskReasons(
                task,
                run.tasks[task].state,
                _own([*self._failure(item, task), *waiting_reasons(item, task, occupancy, (), past)]),
            )
            for task in idle[offset : offset + limit]
        ]
        return RunReasons(of_run, tasks, len(idle))

    def _failure(self, item: LiveRun, task: TaskKey) -> list[Reason]:
        if not item.run.tasks or item.run.tasks[task].state not in _TOLD_FIRST:
            return []
        return failure(item.run.tasks[task], self._store.attempts_of(item.run.key, task))

    def _of_run(self, item: LiveRun) -> tuple[Reason, ...]:
        now: datetime = self._clock.now()
        states = [state for state in self._store.dag_states() if state.dag_id == item.run.dag_id]
        dags = {state.dag_id: DagCase.of(state, self._store.spec(state.version), now) for state in states}
        running = self._store.running_runs(item.run.dag_id) if item.run.state is RunState.QUEUED else 0
        return run_refusals(item, dags, running)

    def _occupancy(self, slots: int | None) -> Occupancy:
        known = self._slots if slots is None else slots
        room = Room(known, known * 3, {pool.name: pool for pool in self._store.pools()})
        occupancy = Occupancy({}, room)
        for busy in self._store.busy():
            task = self._store.spec(busy.version).task_by_id.get(busy.task_id)
            if task is not None:
                occupancy.count(busy.run_key, task, busy.open, busy.waiting)
        return occupancy

    def _past(self, item: LiveRun) -> Past:
        if not item.spec.past_dependents:
            return FIRST
        before = self._store.run_before(item.run)
        return FIRST if before is None else past_of(before)


def as_rows(reasons: Sequence[Reason]) -> list[dict[str, Any]]:
    """Reasons as JSON: kind, facts, sentence."""
    return [{"kind": each.kind.value, "facts": dict(each.facts), "sentence": sentence(each)} for each in reasons]
