"""How the instances before a task stand, in numbers that are kept up to date as states change.

With them a join of ten thousand tasks is judged in one step at each end of one of them.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from jupyter_couture.model.states import TERMINAL_TASK_STATES, TaskState

_S = TaskState


class Tally(NamedTuple):
    """What is known of the instances of all tasks that a task waits for as a whole (``DagSpec.outer_upstream``).

    ``extra`` is how many more instances there are than tasks: those of mapped tasks, less those that are no part of
    the run (``removed``). ``failed`` counts ``upstream_failed`` too. ``unchosen`` counts those that ended well and
    decided to skip the task. A task nothing is known of has no tally at all, so that equal runs have equal tallies.
    """

    done: int = 0
    success: int = 0
    failed: int = 0
    skipped: int = 0
    extra: int = 0
    unchosen: int = 0


NOTHING_YET = Tally()


def share(state: TaskState) -> Tally:
    """What one instance in ``state`` adds to the tally of a task after it."""
    return _SHARES[state]


def added(tally: Tally, more: Tally) -> Tally:
    """Both together."""
    done, success, failed, skipped, extra, unchosen = tally
    return Tally(
        done + more[0], success + more[1], failed + more[2], skipped + more[3], extra + more[4], unchosen + more[5]
    )


def difference(before: TaskState, after: TaskState) -> Tally:
    """What a change of state adds to the tally of a task after it."""
    return _DIFFERENCES[before, after]


def _share(state: TaskState) -> Tally:
    if state is _S.REMOVED:
        return Tally(extra=-1)
    if state not in TERMINAL_TASK_STATES:
        return NOTHING_YET
    return Tally(
        done=1,
        success=int(state is _S.SUCCESS),
        failed=int(state in (_S.FAILED, _S.UPSTREAM_FAILED)),
        skipped=int(state is _S.SKIPPED),
    )


_SHARES: Mapping[TaskState, Tally] = MappingProxyType({state: _share(state) for state in TaskState})
_DIFFERENCES: Mapping[tuple[TaskState, TaskState], Tally] = MappingProxyType(
    {
        (before, after): Tally(*(new - old for old, new in zip(_share(before), _share(after), strict=True)))
        for before in TaskState
        for after in TaskState
    }
)
