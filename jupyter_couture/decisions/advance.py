"""The only code that changes a state.

A ``Draft`` is one run during one pass of the scheduler: facts (``ends``), orders of users (``orders``) and decisions
(``settling``) change it, each change goes through the transition tables, and at the end it is sealed into a new
``LiveRun`` with the list of what changed. What it was made from stays as it was, so a refused pass leaves nothing
behind.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from jupyter_couture.decisions.explain import obstacles
from jupyter_couture.decisions.live import LiveRun, count, instances_of
from jupyter_couture.decisions.past import FIRST, Past
from jupyter_couture.decisions.readiness import Readiness, readiness
from jupyter_couture.decisions.tally import Tally, difference, share
from jupyter_couture.model.dag import DagSpec
from jupyter_couture.model.ids import AttemptId, TaskId, TaskKey, VersionHash
from jupyter_couture.model.reasons import Reason
from jupyter_couture.model.run import DagRun, TaskInstance, altered
from jupyter_couture.model.states import (
    OPEN_TASK_STATES,
    TASK_TRANSITIONS,
    TERMINAL_RUN_STATES,
    TERMINAL_TASK_STATES,
    RunEvent,
    RunState,
    TaskEvent,
    TaskState,
    next_run_state,
    next_task_state,
)

_S, _E = TaskState, TaskEvent

_LEAVES_ATTEMPT_BEHIND = frozenset({_E.MARKED_SUCCESS, _E.MARKED_FAILED})
"""Ends that are not those of an attempt: one that runs keeps its place until it is stopped."""

NOTHING_LEFT: Mapping[str, Any] = {"wait": None, "resume": None, "forced": ()}
"""What an instance forgets at the end of a try."""


class Draft:
    """One run while it is being advanced. Lives for one pass; ``seal``, ``changed`` and the rest read it out.

    ``past`` is what is known of the run before. ``cancels`` are attempts that are to be stopped.
    """

    def __init__(self, live: LiveRun, past: Past = FIRST) -> None:
        self.past = past
        self.cancels: list[AttemptId] = []
        self._was = live
        self._run = live.run
        self._base = live  # as of the last seal
        self._tasks: Mapping[TaskKey, TaskInstance] = live.run.tasks
        self._tallies: Mapping[str, Tally] = live.tallies
        self._widths: Mapping[str, int] = live.widths
        self._own_tasks: dict[TaskKey, TaskInstance] | None = None
        self._own_tallies: dict[str, Tally] | None = None
        self._touched: dict[TaskKey, None] = {}  # since the last seal, in this order, in which they lie in memory, too
        self._before: dict[TaskKey, TaskInstance] = {}
        self._added: dict[TaskKey, None] = {}
        self._dropped: dict[TaskKey, None] = {}
        self._unsettled: set[str] = set()
        self._unsettled_keys: set[TaskKey] = set()

    # --- reading ------------------------------------------------------------------------------------------------------

    @property
    def run(self) -> DagRun:
        """The run as it stands; its ``tasks`` are those of before the pass (see ``tasks``)."""
        return self._run

    @property
    def spec(self) -> DagSpec:
        """The spec of the run's version."""
        return self._base.spec

    @property
    def tasks(self) -> Mapping[TaskKey, TaskInstance]:
        """The task instances as they stand."""
        return self._tasks

    @property
    def tallies(self) -> Mapping[str, Tally]:
        """How the instances before each task stand."""
        return self._tallies

    @property
    def widths(self) -> Mapping[str, int]:
        """How many instances each expanded mapped task has."""
        return self._widths

    @property
    def base(self) -> LiveRun:
        """The run as it was sealed last."""
        return self._base

    @property
    def changed(self) -> Mapping[TaskKey, TaskInstance]:
        """For each changed task instance that was there before the pass what it was then."""
        return self._before

    @property
    def added(self) -> Sequence[TaskInstance]:
        """The instances made in this pass."""
        return [self._tasks[key] for key in self._added]

    @property
    def dropped(self) -> Sequence[TaskKey]:
        """The instances that were there before the pass and are not any more."""
        return tuple(self._dropped)

    @property
    def is_run_changed(self) -> bool:
        """Whether the run itself changed, besides its task instances."""
        return self._run is not self._was.run

    @property
    def touched(self) -> Iterable[TaskKey]:
        """The instances that changed since the run was sealed last."""
        return self._touched

    def keys_of(self, task_id: str) -> Iterator[TaskKey]:
        """The instances of a task that belong to the run."""
        return instances_of(self._widths, task_id)

    def readiness(self, key: TaskKey) -> Readiness:
        """Whether the tasks before an instance let it run."""
        return readiness(self, self.spec.task_by_id[key.task_id], key.map_index)

    def obstacles(self, key: TaskKey) -> list[Reason]:
        """Everything in its own run and the one before that keeps an undecided instance from running."""
        return obstacles(self, key, self.past)

    def verdict(self) -> RunEvent:
        """How the run ends if it ends now: the tasks that decide say it."""
        states = {self._tasks[key].state for name in self.spec.deciding for key in self.keys_of(name)}
        return RunEvent.FAILED if states & {_S.FAILED, _S.UPSTREAM_FAILED} else RunEvent.SUCCEEDED

    # --- the run ------------------------------------------------------------------------------------------------------

    def start(self, now: datetime) -> None:
        """Begin a queued run: give it its task instances if it is new, and let everything undecided be decided."""
        self.move_run(RunEvent.STARTED, started_at=now)
        if not self._tasks:
            self._own_tasks = {TaskKey(task.task_id): TaskInstance(TaskKey(task.task_id)) for task in self.spec.tasks}
            self._tasks = self._own_tasks
            self._added = dict.fromkeys(self._tasks)
            self._touched.update(self._added)
            self._unsettled.update(task.task_id for task in self.spec.tasks)
        else:
            for key, task in self._tasks.items():
                if task.state is _S.NONE:
                    self.unsettle(key)

    def reopen(self, now: datetime) -> None:
        """Let a run that has ended go on; it queues for room like a new one."""
        self.move_run(RunEvent.CLEARED, queued_at=now, ended_at=None, reason=None, is_cancel_requested=False)

    def request_cancel(self) -> None:
        """Remember that a user wants the end of the run."""
        if not self._run.is_cancel_requested:
            self._run = replace(self._run, is_cancel_requested=True)

    def finish(self, now: datetime) -> None:
        """End the run if nothing of it is left to do: its leaves decide, a requested cancellation fails it."""
        run = self._run
        if run.state in TERMINAL_RUN_STATES:
            return
        if run.state is RunState.QUEUED and not run.is_cancel_requested:
            return
        sealed = self.seal()
        if sealed.unfinished or sealed.open:
            return
        if run.is_cancel_requested:
            self.move_run(RunEvent.FAILED, ended_at=now, reason=run.reason or "cancelled")
        else:
            self.move_run(self.verdict(), ended_at=now)

    def note(self, reason: str) -> None:
        """Remember why the run will end as it does."""
        self._run = replace(self._run, reason=reason)

    def set_deadline(self, at: datetime | None) -> None:
        """Remember which of the run's deadlines is the next ahead."""
        if at != self._run.next_deadline:
            self._run = replace(self._run, next_deadline=at)

    def move_run(self, event: RunEvent, **changes: Any) -> None:
        """Let the run go where ``event`` leads."""
        state = next_run_state(self._run.state, event, run=f"{self._run.dag_id}/{self._run.run_id}")
        self._run = replace(self._run, state=state, **changes)

    # --- task instances -----------------------------------------------------------------------------------------------

    def admit(self, key: TaskKey, attempt_id: AttemptId, now: datetime) -> TaskInstance:
        """Give a scheduled instance its next attempt: of a new try, unless it goes on with one it had begun."""
        task = self._tasks[key]
        number = task.try_number if task.first_started_at is not None else task.try_number + 1
        return self.move(
            key,
            _E.ADMITTED,
            attempt_id=attempt_id,
            try_number=number,
            queued_at=now,
            started_at=None,
            ended_at=None,
            reason=None,
        )

    def close(self, key: TaskKey, event: TaskEvent, **changes: Any) -> TaskInstance:
        """Move an instance at the end of an attempt, or of all attempts."""
        if self._tasks[key].state in OPEN_TASK_STATES and event not in _LEAVES_ATTEMPT_BEHIND:
            changes["attempt_id"] = None
        return self.move(key, event, **{**NOTHING_LEFT, **changes})

    def stop(self, key: TaskKey) -> None:
        """Ask for the end of the instance's attempt, if it has one."""
        attempt_id = self._tasks[key].attempt_id
        if attempt_id is not None:
            self.cancels.append(attempt_id)

    def move(self, key: TaskKey, event: TaskEvent, **changes: Any) -> TaskInstance:
        """Let an instance go where ``event`` leads, and let what waits for it look again."""
        task = self._tasks[key]
        state = TASK_TRANSITIONS.get((task.state, event))
        if state is None:
            story = f"run {self._run.dag_id}/{self._run.run_id}, try {task.try_number}"
            state = next_task_state(task.state, event, task=key.task_id, story=story)
        return self._put(key, task, altered(task, state=state, **changes))

    def change(self, key: TaskKey, **changes: Any) -> TaskInstance:
        """Set fields of an instance; those that are part of its story alone, unless ``move`` calls."""
        old = self._tasks[key]
        return self._put(key, old, altered(old, **changes))

    def _put(self, key: TaskKey, old: TaskInstance, new: TaskInstance) -> TaskInstance:
        self._mine()[key] = new
        if key not in self._added:
            self._before.setdefault(key, old)
        self._touched[key] = None
        counts = old.state in TERMINAL_TASK_STATES or new.state in TERMINAL_TASK_STATES
        if counts and (new.state is not old.state or new.skips != old.skips):
            self._count(key, old, new)
        return new

    def expand(self, task_id: TaskId, width: int) -> None:
        """Replace the placeholder of a mapped task by ``width`` instances; removed ones of before come back."""
        self._drop(TaskKey(task_id))
        made = 0
        for key in [TaskKey(task_id, index) for index in range(width)]:
            if key in self._tasks:
                self.move(key, _E.CLEARED, ended_at=None, reason=None)
            else:
                self._add(TaskInstance(key))
                made += 1
        self._spread(task_id, Tally(extra=made))
        self._set_width(task_id, width)

    def add(self, key: TaskKey) -> None:
        """Make one more instance of a mapped task."""
        self._add(TaskInstance(key))
        self._spread(key.task_id, Tally(extra=1))

    def note_width(self, task_id: TaskId) -> None:
        """Remember how many instances a mapped task has after some were made or removed."""
        indices = [
            key.map_index
            for key, task in self._tasks.items()
            if key.task_id == task_id and key.map_index >= 0 and task.state is not _S.REMOVED
        ]
        self._set_width(task_id, max(indices) + 1 if indices else None)

    def renew(self, version: VersionHash, spec: DagSpec) -> int:
        """Let the run go on with another version of its DAG; how many instances leave it and how many join.

        Nothing of the run may be under way.
        """
        gone = [key for key in self._tasks if not _has_place(spec, key)]
        for key in gone:
            self._drop(key)
        is_begun = bool(self._tasks or gone)  # else all its tasks come when it begins
        present = {key.task_id for key in self._tasks}
        fresh = [task.task_id for task in spec.tasks if is_begun and task.task_id not in present]
        for task_id in fresh:
            self._add(TaskInstance(TaskKey(task_id)))
        self._run = replace(self._run, version=version)
        self._base = LiveRun.of(replace(self._run, tasks=self._tasks), spec)
        self._tallies, self._widths = self._base.tallies, self._base.widths
        self._touched, self._own_tasks, self._own_tallies = {}, None, None
        self._unsettled, self._unsettled_keys = set(), set()
        for key, instance in self._tasks.items():
            if instance.state is _S.NONE:
                self.unsettle(key)
        return len(gone) + len(fresh)

    # --- what is to be decided ----------------------------------------------------------------------------------------

    def unsettle(self, key: TaskKey) -> None:
        """Let an instance be decided in this pass."""
        if key.task_id in self.spec.inner_upstream:
            self._unsettled_keys.add(key)
        if key.task_id not in self.spec.inner_upstream or key.task_id not in self._widths:
            self._unsettled.add(key.task_id)

    def unsettle_task(self, task_id: str) -> None:
        """Let all instances of a task be decided in this pass."""
        self._unsettled.add(task_id)

    def take_unsettled(self) -> tuple[list[str], list[TaskKey]]:
        """The tasks and the single instances that are to be decided; they are forgotten here."""
        names, keys = sorted(self._unsettled), sorted(self._unsettled_keys)
        self._unsettled, self._unsettled_keys = set(), set()
        taken = set(names)
        return names, [key for key in keys if key.task_id not in taken] if names else keys

    def seal(self) -> LiveRun:
        """The run after the pass so far."""
        if self._touched:
            run = replace(self._run, tasks=self._tasks)
            self._base = self._base.moved(run, self._touched, self._tallies, self._widths)
            self._touched, self._own_tasks, self._own_tallies = {}, None, None
        elif self._run is not self._was.run:
            self._base = replace(self._base, run=replace(self._run, tasks=self._tasks))
        return self._base

    # --- inside -------------------------------------------------------------------------------------------------------

    def _mine(self) -> dict[TaskKey, TaskInstance]:
        if self._own_tasks is None:
            self._tasks = self._own_tasks = dict(self._tasks)
        return self._own_tasks

    def _add(self, task: TaskInstance) -> None:
        self._mine()[task.key] = task
        self._touched[task.key] = None
        self._added[task.key] = None

    def _drop(self, key: TaskKey) -> None:
        old = self._mine().pop(key)
        self._touched[key] = None
        if key in self._added:
            del self._added[key]
        else:
            self._before.pop(key, None)
            self._dropped[key] = None
        gone = share(old.state)
        unchosen = old.skips if old.state is _S.SUCCESS else ()
        self._spread(key.task_id, gone._replace(extra=gone.extra + 1), unchosen, sign=-1)

    def _count(self, key: TaskKey, old: TaskInstance, new: TaskInstance) -> None:
        """Keep the tallies of the tasks after an instance, and let them look again if it has ended."""
        if old.skips and old.state is _S.SUCCESS:
            self._spread(key.task_id, Tally(), old.skips, sign=-1)
        self._spread(key.task_id, difference(old.state, new.state))
        if new.skips and new.state is _S.SUCCESS:
            self._spread(key.task_id, Tally(), new.skips)
        if new.state in TERMINAL_TASK_STATES:
            spec = self.spec
            self._unsettled.update(spec.outer_downstream[key.task_id])
            self._unsettled.update(spec.guarded.get(key.task_id, ()))
            for child in spec.inner_downstream.get(key.task_id, ()):
                if key.map_index < 0:  # ended before it was expanded
                    self.unsettle_task(child)
                else:
                    self.unsettle(TaskKey(TaskId(child), key.map_index))

    def _spread(self, task_id: str, more: Tally, unchosen: Sequence[str] = (), sign: int = 1) -> None:
        if not unchosen and not any(more):
            return
        if self._own_tallies is None:
            self._tallies = self._own_tallies = dict(self._tallies)
        if sign < 0:
            more = Tally(*(-number for number in more))
        count(self.spec, self._own_tallies, task_id, more, unchosen, sign)

    def _set_width(self, task_id: TaskId, width: int | None) -> None:
        self._widths = {name: number for name, number in self._widths.items() if name != task_id}
        if width is not None:
            self._widths[task_id] = width


def _has_place(spec: DagSpec, key: TaskKey) -> bool:
    """Whether a version has a task of which ``key`` may be an instance."""
    task = spec.task_by_id.get(key.task_id)
    return task is not None and (key.map_index < 0 or task.expand is not None)
