"""A run as the scheduler holds it: the run, and what of it is asked for at every pass, kept ready."""

from bisect import insort
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple, TypeVar

from jupyter_couture.decisions.tally import NOTHING_YET, Tally, added, share
from jupyter_couture.model.commands import Check
from jupyter_couture.model.dag import DagSpec, TaskSpec
from jupyter_couture.model.ids import NOT_MAPPED, TaskId, TaskKey
from jupyter_couture.model.run import DagRun, TaskInstance, Wait
from jupyter_couture.model.states import TERMINAL_TASK_STATES, TaskState

_S = TaskState
_V = TypeVar("_V")

_MORE_THAN_INDICES = 2**32

FEW = 16
"""Up to so many arrivals in a lane are put in their places one by one; more are sorted in at once."""


class Lane(NamedTuple):
    """A queue of scheduled instances of one run which are refused together: what stops one of them stops all.

    ``task_id`` is set for tasks with a limit of their own.
    """

    pool: str
    slots: int
    task_id: str = ""


@dataclass(frozen=True, slots=True)
class LiveRun:
    """A run that is not over. The rest repeats what ``run.tasks`` says, so that no pass needs to look at all tasks.

    ``unfinished`` counts instances that are not terminal; ``lanes`` hold those that wait for room, in turn; ``open``
    have an attempt; ``waits`` are those of deferred ones; ``due`` says when time changes something (a retry, a next
    look, the end of a wait), ``wakes_at`` when first. ``tallies`` say for each task how those before it stand,
    ``widths`` how many instances each expanded mapped task has.
    """

    run: DagRun
    spec: DagSpec
    unfinished: int
    lanes: Mapping[Lane, tuple[TaskKey, ...]]
    open: frozenset[TaskKey]
    waits: Mapping[TaskKey, Wait]
    due: Mapping[TaskKey, datetime]
    wakes_at: datetime | None
    tallies: Mapping[str, Tally]
    widths: Mapping[str, int]

    @classmethod
    def of(cls, run: DagRun, spec: DagSpec) -> "LiveRun":
        """Gather everything from the task instances."""
        empty = cls(replace(run, tasks={}), spec, 0, {}, frozenset(), {}, {}, None, {}, {})
        if not run.tasks:
            return replace(empty, run=run)
        widths = _widths(spec, run.tasks)
        return empty.moved(run, run.tasks, _tallies(spec, run.tasks), widths)

    @property
    def tasks(self) -> Mapping[TaskKey, TaskInstance]:
        """The task instances."""
        return self.run.tasks

    @property
    def scheduled(self) -> tuple[TaskKey, ...]:
        """All instances that wait for room, lane by lane."""
        return tuple(key for lane in self.lanes.values() for key in lane)

    def keys_of(self, task_id: str) -> Iterator[TaskKey]:
        """The instances of a task that belong to the run."""
        return instances_of(self.widths, task_id)

    def moved(
        self, run: DagRun, touched: Collection[TaskKey], tallies: Mapping[str, Tally], widths: Mapping[str, int]
    ) -> "LiveRun":
        """The same for ``run``, which differs in the ``touched`` instances alone."""
        unfinished = self.unfinished
        opened, waits, due = set(self.open), self.waits, self.due
        leavers: dict[Lane, set[TaskKey]] = {}
        arrivals: dict[Lane, list[TaskKey]] = {}
        specs, before, after = self.spec.task_by_id, self.run.tasks, run.tasks
        for key in touched:
            old, new = before.get(key), after.get(key)
            if old is None or new is None or old.state is not new.state:
                unfinished += _is_unfinished(new) - _is_unfinished(old)
            was_in = lane_of(specs[key.task_id], old) if old is not None and _is_ready(old) else None
            is_in = lane_of(specs[key.task_id], new) if new is not None and _is_ready(new) else None
            if was_in != is_in:
                if was_in is not None:
                    leavers.setdefault(was_in, set()).add(key)
                if is_in is not None:
                    arrivals.setdefault(is_in, []).append(key)
            if new is None or new.attempt_id is None:
                opened.discard(key)
            else:
                opened.add(key)
            wait = None if new is None else new.wait
            if wait is not None or key in waits:
                waits = _with(waits, self.waits, key, wait)
            due_at = None if new is None else _due_of(new, run)
            if due_at is not None or key in due:
                due = _with(due, self.due, key, due_at)
        return LiveRun(
            run=run,
            spec=self.spec,
            unfinished=unfinished,
            lanes=_lanes(self.spec, self.lanes, leavers, arrivals) if leavers or arrivals else self.lanes,
            open=frozenset(opened),
            waits=waits,
            due=due,
            wakes_at=min(due.values(), default=None) if due is not self.due else self.wakes_at,
            tallies=tallies,
            widths=widths,
        )


def instances_of(widths: Mapping[str, int], task_id: str) -> Iterator[TaskKey]:
    """The keys of a task's instances: one for each index if it is expanded, else the one without an index."""
    name, width = TaskId(task_id), widths.get(task_id)
    if width is None:
        return iter((TaskKey(name),))
    return (TaskKey(name, index) for index in range(width))


_lane = lru_cache(4096)(Lane)  # few of them, asked for at each change

FORCED = Lane("", 0)
"""The lane of those whom a user told to ignore pools and limits."""


def lane_of(task: TaskSpec, instance: TaskInstance) -> Lane:
    """The lane in which an instance of a task waits for room."""
    if instance.forced and Check.DEPENDENCIES in instance.forced:
        return FORCED
    is_limited = task.max_active_instances is not None or task.max_active_instances_per_run is not None
    return _lane(task.pool, task.pool_slots, task.task_id if is_limited else "")


def _is_unfinished(task: TaskInstance | None) -> bool:
    return task is not None and task.state not in TERMINAL_TASK_STATES


def _is_ready(task: TaskInstance) -> bool:
    """Whether an instance waits for room; not while an attempt from before is still being stopped."""
    return task.state is _S.SCHEDULED and task.attempt_id is None


def _due_of(task: TaskInstance, run: DagRun) -> datetime | None:
    if task.state is _S.UP_FOR_RETRY or task.state is _S.UP_FOR_RESCHEDULE:
        return task.next_retry_at or run.queued_at
    return task.wait.timeout_at if task.wait is not None else None


def _with(now: Mapping[TaskKey, _V], was: Mapping[TaskKey, _V], key: TaskKey, value: _V | None) -> Mapping[TaskKey, _V]:
    """``now`` with ``value`` under ``key`` (None: without it); ``was`` is copied before its first change."""
    if now.get(key) == value:
        return now
    changed = now if isinstance(now, dict) and now is not was else dict(now)
    if value is None:
        changed.pop(key, None)
    else:
        changed[key] = value
    return changed


def _lanes(
    spec: DagSpec,
    lanes: Mapping[Lane, tuple[TaskKey, ...]],
    leavers: Mapping[Lane, set[TaskKey]],
    arrivals: Mapping[Lane, list[TaskKey]],
) -> Mapping[Lane, tuple[TaskKey, ...]]:
    changed = dict(lanes)
    for lane in {**leavers, **arrivals}:
        keys = _without(changed.get(lane, ()), leavers.get(lane, set()))
        keys = _merged(spec, keys, arrivals.get(lane, []))
        if keys:
            changed[lane] = keys
        else:
            changed.pop(lane, None)
    return {lane: changed[lane] for lane in sorted(changed)}


def _without(keys: tuple[TaskKey, ...], leavers: set[TaskKey]) -> tuple[TaskKey, ...]:
    """Those who are admitted stand in front, so most of the time a slice is all it takes."""
    first = 0
    while first < len(keys) and keys[first] in leavers:
        first += 1
    rest = keys[first:]
    return rest if first == len(leavers) else tuple(key for key in rest if key not in leavers)


def _merged(spec: DagSpec, keys: tuple[TaskKey, ...], arrivals: list[TaskKey]) -> tuple[TaskKey, ...]:
    if not arrivals:
        return keys
    turns = spec.turns

    def turn(key: TaskKey) -> int:
        return turns[key.task_id] * _MORE_THAN_INDICES + key.map_index

    if not keys or len(arrivals) > FEW:
        return tuple(sorted((*keys, *arrivals), key=turn))
    queue = list(keys)
    for key in arrivals:
        insort(queue, key, key=turn)
    return tuple(queue)


def _widths(spec: DagSpec, tasks: Mapping[TaskKey, TaskInstance]) -> Mapping[str, int]:
    if not any(task.expand is not None for task in spec.tasks):
        return {}
    widths: dict[str, int] = {}
    for key, task in tasks.items():
        if key.map_index != NOT_MAPPED and task.state is not _S.REMOVED:
            widths[key.task_id] = max(widths.get(key.task_id, 0), key.map_index + 1)
    return widths


def _tallies(spec: DagSpec, tasks: Mapping[TaskKey, TaskInstance]) -> Mapping[str, Tally]:
    tallies: dict[str, Tally] = {}
    present: dict[str, int] = {}
    for key, task in tasks.items():
        present[key.task_id] = present.get(key.task_id, 0) + 1
        count(spec, tallies, key.task_id, share(task.state), task.skips if task.state is _S.SUCCESS else ())
    for name, number in present.items():
        if number != 1:
            count(spec, tallies, name, Tally(extra=number - 1))
    return tallies


def count(
    spec: DagSpec, tallies: dict[str, Tally], task_id: str, more: Tally, unchosen: Iterable[str] = (), sign: int = 1
) -> None:
    """Add ``more`` to the tallies of the tasks after ``task_id``, and ``sign`` to those of ``unchosen`` among them."""
    if more == NOTHING_YET and not unchosen:
        return
    before, after = NOTHING_YET, added(NOTHING_YET, more)  # what one had most of the time many have: they share it
    for name in spec.outer_downstream[task_id]:
        found = tallies.get(name, NOTHING_YET)
        if found is not before:
            before, after = found, added(found, more)
        tally = after
        if unchosen and name in unchosen:
            tally = tally._replace(unchosen=tally.unchosen + sign)
        if tally == NOTHING_YET:
            tallies.pop(name, None)
        else:
            tallies[name] = tally
