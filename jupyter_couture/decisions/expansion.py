"""How many instances a mapped task has, as soon as that can be known.

A mapped task begins as one placeholder without an index. When the lengths of all it is mapped over are known, it gives
way to instances 0 to n-1; if they can never be known, the placeholder ends.
"""

from dataclasses import dataclass
from math import prod
from typing import TypeAlias

from jupyter_couture.decisions.readiness import RunView
from jupyter_couture.model.dag import Length, LengthKind, TaskSpec
from jupyter_couture.model.ids import TaskId
from jupyter_couture.model.reasons import Reason, ReasonKind
from jupyter_couture.model.states import TERMINAL_TASK_STATES, TaskEvent, TaskState

MAX_MAP_LENGTH = 10_000
"""How many instances a mapped task may have, unless the settings say otherwise."""

NOTHING_TO_DO = "It is mapped over nothing."
"""The reason of a placeholder whose task has no instances."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """The lengths are not known: ``waits_for`` will say them, ``lost`` never can; ``event`` is how that ends."""

    waits_for: tuple[TaskId, ...] = ()
    lost: tuple[TaskId, ...] = ()
    event: TaskEvent = TaskEvent.UPSTREAM_FAILED

    @property
    def reason(self) -> Reason:
        """Whose values are missing."""
        return Reason(ReasonKind.MAP_LENGTH_UNKNOWN, {"tasks": list(self.lost or self.waits_for)})


Lengths: TypeAlias = tuple[int, ...]


def lengths_of(view: RunView, task: TaskSpec) -> Lengths | Unknown:
    """The length of each mapped argument, in the author's order; empty for a task that is not mapped."""
    if task.expand is None:
        return ()
    found = [_length(view, length) for length in task.expand.lengths]
    missing = [each for each in found if isinstance(each, Unknown)]
    if missing:
        return _together(missing)
    return tuple(each for each in found if isinstance(each, int))


def width_of(lengths: Lengths) -> int:
    """How many instances there are: one for each combination."""
    return prod(lengths)


def too_long(lengths: Lengths, limit: int) -> Reason | None:
    """Why so many instances are not made."""
    width = width_of(lengths)
    return Reason(ReasonKind.MAP_TOO_LONG, {"length": width, "limit": limit}) if width > limit else None


def _together(missing: list[Unknown]) -> Unknown:
    is_failed = any(each.lost and each.event is TaskEvent.UPSTREAM_FAILED for each in missing)
    return Unknown(
        waits_for=tuple(dict.fromkeys(name for each in missing for name in each.waits_for)),
        lost=tuple(dict.fromkeys(name for each in missing for name in each.lost)),
        event=TaskEvent.UPSTREAM_FAILED if is_failed else TaskEvent.SKIPPED,
    )


def _length(view: RunView, length: Length) -> int | Unknown:
    if length.kind is LengthKind.LITERAL:
        return length.number
    if length.kind is LengthKind.TASK and length.task_id is not None:
        return _returned(view, length.task_id)
    parts = [_length(view, part) for part in length.parts]
    missing = [part for part in parts if isinstance(part, Unknown)]
    numbers = [part for part in parts if isinstance(part, int)]
    if missing:
        return _together(missing)
    match length.kind:
        case LengthKind.ZIP:
            return min(numbers, default=0)
        case LengthKind.ZIP_LONGEST:
            return max(numbers, default=0)
        case _:
            return sum(numbers)


def _returned(view: RunView, task_id: TaskId) -> int | Unknown:
    """The length of what a task returned, or the number of values that a mapped one did."""
    is_mapped = task_id in view.widths
    values = 0
    for key in view.keys_of(task_id):
        task = view.tasks[key]
        if task.state not in TERMINAL_TASK_STATES:
            return Unknown(waits_for=(task_id,))
        if is_mapped:
            values += task.state is TaskState.SUCCESS
        elif task.state is TaskState.SUCCESS and task.map_length is not None:
            values = task.map_length
        else:
            is_skipped = task.state in (TaskState.SKIPPED, TaskState.REMOVED)
            return Unknown(lost=(task_id,), event=TaskEvent.SKIPPED if is_skipped else TaskEvent.UPSTREAM_FAILED)
    return values
