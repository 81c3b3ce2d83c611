"""May a task instance run, as far as the tasks before it in its run are concerned?

The trigger rules are Airflow's. A rule is judged on how the instances of the direct upstream tasks stand: it holds, it
may still hold, or it can never hold any more; in the last case the instance ends as skipped or upstream_failed. Before
the rule comes what outweighs it: a branch that decided against the task, and setups that did not end well.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, NamedTuple, Protocol, TypeAlias

from jupyter_couture.decisions.tally import NOTHING_YET, Tally
from jupyter_couture.model.dag import DagSpec, TaskSpec
from jupyter_couture.model.ids import NOT_MAPPED, TaskId, TaskKey
from jupyter_couture.model.policy import TriggerRule
from jupyter_couture.model.reasons import Reason, ReasonKind
from jupyter_couture.model.run import TaskInstance
from jupyter_couture.model.states import TERMINAL_TASK_STATES, TaskEvent, TaskState

_S = TaskState
_BAD = frozenset({_S.FAILED, _S.UPSTREAM_FAILED})

MAX_NAMED = 5
"""How many task ids a reason names at most."""


class RunView(Protocol):
    """A run to be judged: a ``LiveRun``, or a ``Draft`` of one."""

    @property
    def spec(self) -> DagSpec: ...

    @property
    def tasks(self) -> Mapping[TaskKey, TaskInstance]: ...

    @property
    def tallies(self) -> Mapping[str, Tally]: ...

    @property
    def widths(self) -> Mapping[str, int]: ...

    def keys_of(self, task_id: str) -> Iterator[TaskKey]: ...


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

READY = Ready()
WAITING = Waiting()


class Standing(NamedTuple):
    """How the instances before one instance stand, in numbers. ``failed`` counts ``upstream_failed`` too."""

    total: int
    done: int
    success: int
    failed: int
    skipped: int

    @property
    def is_done(self) -> bool:
        """Whether all of them have ended."""
        return self.done == self.total


def readiness(view: RunView, task: TaskSpec, map_index: int = NOT_MAPPED) -> Readiness:
    """Judge one instance of ``task``."""
    if not task.upstream:
        return READY
    name = task.task_id
    tally = view.tallies.get(name, NOTHING_YET)
    inner = view.spec.inner_upstream.get(name)
    chooser = _chooser(view, name, map_index) if tally.unchosen or inner else None
    if chooser is not None:
        return Settled(TaskEvent.SKIPPED, Reason(ReasonKind.NOT_CHOSEN, {"task": chooser}))
    if task.setups and not task.is_teardown:
        guarded = _judge_setups(view, task)
        if guarded is not None:
            return guarded
    if task.trigger_rule is TriggerRule.ALWAYS:
        return READY
    if inner is None:
        verdict = _judged(task.trigger_rule, len(view.spec.outer_upstream[name]), tally)
    else:
        verdict = _JUDGES[task.trigger_rule](_standing(view, inner, name, tally, map_index))
    if verdict is None:
        return WAITING
    if verdict is True:
        is_teardown = task.trigger_rule is TriggerRule.ALL_DONE_SETUP_SUCCESS and bool(task.setups)
        return _judge_teardown(view, task) if is_teardown else READY
    facts = {"rule": task.trigger_rule.value, "tasks": _some(_not_well(view, task, map_index))}
    return Settled(verdict, Reason(ReasonKind.UPSTREAM_RULE, facts))


def culprit(view: RunView) -> TaskId | None:
    """The task whose failure ended everything else of a fail-fast run."""
    tasks = view.spec.task_by_id
    failed = (key.task_id for key, task in view.tasks.items() if task.state is _S.FAILED)
    return next((name for name in failed if not tasks[name].is_teardown), None)


def waiting_for(view: RunView, task: TaskSpec, map_index: int = NOT_MAPPED) -> Reason:
    """Which tasks before the instance have not ended."""
    names = dict.fromkeys((*task.upstream, *task.setups))
    unfinished = [
        name
        for name in names
        if any(each is None or each.state not in TERMINAL_TASK_STATES for each in _before(view, task, name, map_index))
    ]
    return Reason(ReasonKind.UPSTREAM_UNFINISHED, {"tasks": _some(unfinished)})


def _before(view: RunView, task: TaskSpec, parent: TaskId, map_index: int) -> Iterator[TaskInstance | None]:
    """The instances of ``parent`` that an instance of ``task`` waits for; None for one that is not made yet."""
    if parent in view.spec.inner_upstream.get(task.task_id, ()):
        return iter((_same_index(view, parent, map_index),))
    return (view.tasks[key] for key in view.keys_of(parent))


def _same_index(view: RunView, parent: TaskId, map_index: int) -> TaskInstance | None:
    """What stands for an index of a task of the same mapped group: its placeholder, as long as there are no instances.

    One that ended before it was expanded speaks for every index.
    """
    return view.tasks.get(TaskKey(parent, map_index if parent in view.widths else NOT_MAPPED))


def _not_well(view: RunView, task: TaskSpec, map_index: int) -> list[TaskId]:
    fine = (_S.SUCCESS, _S.REMOVED)
    return [
        parent
        for parent in task.upstream
        if any(each is None or each.state not in fine for each in _before(view, task, parent, map_index))
    ]


@lru_cache(4096)
def _judged(rule: TriggerRule, tasks: int, tally: Tally) -> "Verdict":
    """What a rule says of an instance that waits for whole tasks; thousands may stand alike."""
    total = tasks + tally.extra
    return _JUDGES[rule](Standing(total, tally.done, tally.success, tally.failed, tally.skipped))


def _standing(view: RunView, inner: Iterable[TaskId], name: str, tally: Tally, map_index: int) -> Standing:
    total = len(view.spec.outer_upstream[name]) + tally.extra
    tasks = (_same_index(view, parent, map_index) for parent in inner)
    states = [_S.NONE if task is None else task.state for task in tasks]
    present = [state for state in states if state is not _S.REMOVED]
    return Standing(
        total + len(present),
        tally.done + sum(state in TERMINAL_TASK_STATES for state in present),
        tally.success + present.count(_S.SUCCESS),
        tally.failed + sum(state in _BAD for state in present),
        tally.skipped + present.count(_S.SKIPPED),
    )


def _chooser(view: RunView, name: str, map_index: int) -> str | None:
    """A task directly before that decided to skip this one; one of several instances alone does not decide."""
    inner = view.spec.inner_upstream.get(name, ())
    for parent in inner:
        task = view.tasks.get(TaskKey(parent, map_index))
        if task is not None and task.state is _S.SUCCESS and name in task.skips:
            return parent
    for parent in view.spec.outer_upstream[name]:
        instances = [view.tasks[key] for key in view.keys_of(parent)]
        decided = [name in each.skips for each in instances if each.state is _S.SUCCESS]
        is_over = all(each.state in TERMINAL_TASK_STATES for each in instances)
        if decided and all(decided) and is_over:
            return parent
    return None


def _judge_setups(view: RunView, task: TaskSpec) -> Readiness | None:
    """What the setups say of a task that needs them: None if nothing is in its way."""
    states = _states(view, task.setups)
    bad = [name for name, found in states.items() if found & _BAD]
    if bad:
        return Settled(TaskEvent.UPSTREAM_FAILED, Reason(ReasonKind.SETUP_FAILED, {"tasks": _some(bad)}))
    skipped = [name for name, found in states.items() if _S.SKIPPED in found]
    if skipped:
        return Settled(TaskEvent.SKIPPED, Reason(ReasonKind.SETUP_FAILED, {"tasks": _some(skipped)}))
    return None if all(found <= TERMINAL_TASK_STATES for found in states.values()) else WAITING


def _judge_teardown(view: RunView, task: TaskSpec) -> Readiness:
    """A teardown runs if one of its setups ended well: then there is something to tear down."""
    states = _states(view, task.setups)
    found = frozenset().union(*states.values())
    if _S.SUCCESS in found:
        return READY
    event = TaskEvent.SKIPPED if found <= {_S.SKIPPED, _S.REMOVED} else TaskEvent.UPSTREAM_FAILED
    return Settled(event, Reason(ReasonKind.SETUP_FAILED, {"tasks": _some(list(states))}))


def _states(view: RunView, names: Iterable[TaskId]) -> Mapping[TaskId, frozenset[TaskState]]:
    return {name: frozenset(view.tasks[key].state for key in view.keys_of(name)) for name in names}


def _some(names: Sequence[str]) -> list[str]:
    return [*names[:MAX_NAMED], *([f"and {len(names) - MAX_NAMED} more"] if len(names) > MAX_NAMED else [])]


Verdict: TypeAlias = Literal[True] | TaskEvent | None
"""True: the rule holds; None: it may still hold; an event: never, and so the task ends."""


def _all_success(tally: Standing) -> Verdict:
    return _refuse_on(failed=tally.failed, skipped=tally.skipped) or _when_done(tally)


def _none_failed(tally: Standing) -> Verdict:
    return _refuse_on(failed=tally.failed) or _when_done(tally)


def _none_skipped(tally: Standing) -> Verdict:
    return _refuse_on(skipped=tally.skipped) or _when_done(tally)


def _none_failed_min_one_success(tally: Standing) -> Verdict:
    if tally.is_done and not tally.failed and not tally.success:
        return TaskEvent.SKIPPED
    return _none_failed(tally)


def _all_done_min_one_success(tally: Standing) -> Verdict:
    if tally.is_done and not tally.success:
        return _refuse_on(failed=tally.failed, skipped=1)
    return _when_done(tally)


def _all_failed(tally: Standing) -> Verdict:
    return TaskEvent.SKIPPED if tally.success or tally.skipped else _when_done(tally)


def _all_skipped(tally: Standing) -> Verdict:
    return TaskEvent.SKIPPED if tally.success or tally.failed else _when_done(tally)


def _one_success(tally: Standing) -> Verdict:
    if tally.success:
        return True
    return _refuse_on(failed=tally.failed, skipped=1) if tally.is_done else None


def _one_failed(tally: Standing) -> Verdict:
    if tally.failed:
        return True
    return TaskEvent.SKIPPED if tally.is_done else None


def _one_done(tally: Standing) -> Verdict:
    if tally.success or tally.failed:
        return True
    return TaskEvent.SKIPPED if tally.is_done else None


def _when_done(tally: Standing) -> Verdict:
    return True if tally.is_done else None


def _always(tally: Standing) -> Verdict:
    return True


def _refuse_on(failed: int = 0, skipped: int = 0) -> TaskEvent | None:
    """A failure before the task outweighs a skip."""
    if failed:
        return TaskEvent.UPSTREAM_FAILED
    return TaskEvent.SKIPPED if skipped else None


_JUDGES: Mapping[TriggerRule, Callable[[Standing], Verdict]] = {
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
