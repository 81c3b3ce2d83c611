"""May a task run, as far as the tasks before it are concerned?

The trigger rules are Airflow's. A rule is judged on the states of the direct upstream tasks alone: it holds, it may
still hold, or it can never hold any more; in the last case the task ends as skipped or upstream_failed.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from jupyter_couture.model.dag import TaskSpec
from jupyter_couture.model.ids import TaskKey
from jupyter_couture.model.policy import TriggerRule
from jupyter_couture.model.reasons import Reason, ReasonKind
from jupyter_couture.model.run import TaskInstance
from jupyter_couture.model.states import TERMINAL_TASK_STATES, TaskEvent, TaskState

_S = TaskState

MAX_NAMED = 5
"""How many task ids a reason names at most."""


@dataclass(frozen=True, slots=True)
class Ready:
    """The rule holds."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """The rule may still hold; ``waiting_for`` says what it waits for."""


@dataclass(frozen=True, slots=True)
class Settled:
    """The rule can no longer hold; ``event`` says how the task ends."""

    event: TaskEvent
    reason: Reason


Readiness: TypeAlias = Ready | Waiting | Settled

_READY = Ready()
_WAITING = Waiting()


@dataclass(frozen=True, slots=True)
class _Tally:
    """How the upstream tasks stand, in numbers."""

    total: int
    done: int
    success: int
    failed: int  # failed or upstream_failed
    skipped: int

    @property
    def is_done(self) -> bool:
        return self.done == self.total


def readiness(task: TaskSpec, tasks: Mapping[TaskKey, TaskInstance]) -> Readiness:
    """Judge the trigger rule of ``task`` on the task instances of its run."""
    if not task.upstream or task.trigger_rule is TriggerRule.ALWAYS:
        return _READY
    states = Counter(tasks[TaskKey(parent)].state for parent in task.upstream)
    tally = _Tally(
        total=len(task.upstream),
        done=sum(count for state, count in states.items() if state in TERMINAL_TASK_STATES),
        success=states[_S.SUCCESS],
        failed=states[_S.FAILED] + states[_S.UPSTREAM_FAILED],
        skipped=states[_S.SKIPPED] + states[_S.REMOVED],
    )
    verdict = _JUDGES[task.trigger_rule](tally)
    if verdict is True:
        return _READY
    if verdict is None:
        return _WAITING
    blockers = [parent for parent in task.upstream if tasks[TaskKey(parent)].state is not _S.SUCCESS]
    return Settled(
        verdict, Reason(ReasonKind.UPSTREAM_RULE, {"rule": task.trigger_rule.value, "tasks": _some(blockers)})
    )


def waiting_for(task: TaskSpec, tasks: Mapping[TaskKey, TaskInstance]) -> Reason:
    """Which upstream tasks have not ended."""
    unfinished = [parent for parent in task.upstream if tasks[TaskKey(parent)].state not in TERMINAL_TASK_STATES]
    return Reason(ReasonKind.UPSTREAM_UNFINISHED, {"tasks": _some(unfinished)})


def _some(names: Sequence[str]) -> list[str]:
    return [*names[:MAX_NAMED], *([f"and {len(names) - MAX_NAMED} more"] if len(names) > MAX_NAMED else [])]


Verdict: TypeAlias = Literal[True] | TaskEvent | None
"""True: the rule holds; None: it may still hold; an event: never, and so the task ends."""


def _all_success(tally: _Tally) -> Verdict:
    return _refuse_on(failed=tally.failed, skipped=tally.skipped) or _when_done(tally)


def _none_failed(tally: _Tally) -> Verdict:
    return _refuse_on(failed=tally.failed) or _when_done(tally)


def _none_skipped(tally: _Tally) -> Verdict:
    return _refuse_on(skipped=tally.skipped) or _when_done(tally)


def _none_failed_min_one_success(tally: _Tally) -> Verdict:
    if tally.is_done and not tally.failed and not tally.success:
        return TaskEvent.SKIPPED
    return _none_failed(tally)


def _all_done_min_one_success(tally: _Tally) -> Verdict:
    if tally.is_done and not tally.success:
        return _refuse_on(failed=tally.failed, skipped=1)
    return _when_done(tally)


def _all_failed(tally: _Tally) -> Verdict:
    return TaskEvent.SKIPPED if tally.success or tally.skipped else _when_done(tally)


def _all_skipped(tally: _Tally) -> Verdict:
    return _refuse_on(failed=tally.failed, skipped=tally.success) or _when_done(tally)


def _one_success(tally: _Tally) -> Verdict:
    if tally.success:
        return True
    return _refuse_on(failed=tally.failed, skipped=1) if tally.is_done else None


def _one_failed(tally: _Tally) -> Verdict:
    if tally.failed:
        return True
    return TaskEvent.SKIPPED if tally.is_done else None


def _one_done(tally: _Tally) -> Verdict:
    if tally.success or tally.failed:
        return True
    return TaskEvent.SKIPPED if tally.is_done else None


def _when_done(tally: _Tally) -> Verdict:
    return True if tally.is_done else None


def _always(tally: _Tally) -> Verdict:
    return True


def _refuse_on(failed: int = 0, skipped: int = 0) -> TaskEvent | None:
    """A failure before the task outweighs a skip."""
    if failed:
        return TaskEvent.UPSTREAM_FAILED
    return TaskEvent.SKIPPED if skipped else None


_JUDGES: Mapping[TriggerRule, Callable[[_Tally], Verdict]] = {
    TriggerRule.ALL_SUCCESS: _all_success,
    TriggerRule.ALL_FAILED: _all_failed,
    TriggerRule.ALL_DONE: _when_done,
    TriggerRule.ALL_SKIPPED: _all_skipped,
    TriggerRule.ONE_SUCCESS: _one_success,
    TriggerRule.ONE_FAILED: _one_failed,
    TriggerRule.ONE_DONE: _one_done,
    TriggerRule.NONE_FAILED: _none_failed,
    TriggerRule.NONE_SKIPPED: _none_skipped,
    TriggerRule.NONE_FAILED_MIN_ONE_SUCCESS: _none_failed_min_one_success,
    TriggerRule.ALL_DONE_MIN_ONE_SUCCESS: _all_done_min_one_success,
    TriggerRule.ALL_DONE_SETUP_SUCCESS: _when_done,
    TriggerRule.ALWAYS: _always,
}
