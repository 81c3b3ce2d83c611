"""What must hold after any test, whatever was killed: I1 to I7 and I9 of the reliability catalogue."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from jupyter_couture.model.dag import DagSpec
from jupyter_couture.model.ids import AttemptId, RunKey, TaskKey
from jupyter_couture.model.policy import TriggerRule
from jupyter_couture.model.run import Attempt, TaskInstance
from jupyter_couture.model.states import OPEN_ATTEMPT_STATES, TERMINAL_TASK_STATES, AttemptState, RunState, TaskState
from tests.deployment import Deployment

WAITED = (AttemptState.RESCHEDULED, AttemptState.DEFERRED)
"""Ends of attempts after which another attempt of the same try goes on."""

_LEAVES_A_TRY_OPEN = frozenset(
    {AttemptState.RESCHEDULED, AttemptState.DEFERRED, AttemptState.LOST, AttemptState.SUPERSEDED}
)


def check_invariants(deployment: Deployment, key: RunKey) -> None:
    """Raise ``AssertionError`` naming the invariant a finished run breaks."""
    run = deployment.run(key)
    spec = deployment.store.spec(run.version)
    attempts = deployment.attempts(key)
    by_task: dict[TaskKey, list[Attempt]] = {}
    for attempt in attempts:
        by_task.setdefault(attempt.task_key, []).append(attempt)
    instances = {row.task.key: row.task for row in deployment.store.task_rows(key)}
    assert {name.task_id for name in instances} == set(spec.task_by_id), "a task instance is lost"
    for name, tries in by_task.items():
        wins = [attempt for attempt in tries if attempt.state is AttemptState.SUCCESS]
        assert len(wins) <= 1, f"I1: {name} succeeded {len(wins)} times"
        _check_numbers(name, tries)
    assert not [attempt for attempt in attempts if attempt.state in OPEN_ATTEMPT_STATES], "I2: an attempt is open"
    assert all(task.state in TERMINAL_TASK_STATES for task in instances.values()), "I2: a task is not over"
    bad = {TaskState.FAILED, TaskState.UPSTREAM_FAILED}
    fails = any(task.state in bad for name, task in instances.items() if name.task_id in spec.deciding)
    expected = RunState.FAILED if fails or run.is_cancel_requested else RunState.SUCCESS
    assert run.state is expected, "I3: the run does not follow"
    for name, tries in by_task.items():
        if spec.task_by_id[name.task_id].trigger_rule is not TriggerRule.ALL_SUCCESS:
            continue  # other rules may hold before all have ended; the properties look at them
        for before in _waited_for(spec, name, instances):
            ended = instances[before].ended_at
            assert ended is not None
            assert all(attempt.dispatched_at >= ended for attempt in tries), f"I4: {name} began before {before} ended"
    _check_pools(deployment, spec, attempts)
    slots = deployment.settings.workers * deployment.settings.slots_per_worker
    assert most_at_once(attempts) <= slots, "I5: more attempts ran at once than there are slots"
    fences = [attempt.fence for attempt in sorted(attempts, key=lambda attempt: attempt.dispatched_at)]
    assert fences == sorted(fences), "I7: a fence went back"
    deployment.wait_for(lambda: not deployment.store.facts(10), "I2: the last facts to be read", 10)
    deployment.wait_for(lambda: not deployment.attempt_processes(), "I9: the last processes to go", 10)


def _check_numbers(name: TaskKey, tries: Sequence[Attempt]) -> None:
    """I1: tries count up one by one; several attempts are of one try only if the earlier ones left it unfinished."""
    numbers = [attempt.try_number for attempt in tries]
    assert sorted(set(numbers)) == list(range(1, len(set(numbers)) + 1)), f"I1: tries of {name}"
    for number in set(numbers):
        *earlier, _ = sorted((one for one in tries if one.try_number == number), key=lambda one: one.dispatched_at)
        assert all(attempt.state in _LEAVES_A_TRY_OPEN for attempt in earlier), (
            f"I1: try {number} of {name} ended twice"
        )


def _waited_for(spec: DagSpec, name: TaskKey, instances: Mapping[TaskKey, TaskInstance]) -> list[TaskKey]:
    inner = spec.inner_upstream.get(name.task_id, ())
    return [
        each
        for each in instances
        if each.task_id in spec.upstream[name.task_id]
        and (each.task_id not in inner or each.map_index == name.map_index)
    ]


def _check_pools(deployment: Deployment, spec: DagSpec, attempts: Sequence[Attempt]) -> None:
    """I5: the attempts of one run alone never took more of a pool than it has."""
    for pool in deployment.store.pools():
        members = [each for each in attempts if spec.task_by_id[each.task_key.task_id].pool == pool.name]
        weights = {each.attempt_id: spec.task_by_id[each.task_key.task_id].pool_slots for each in members}
        assert pool.is_unlimited or most_at_once(members, weights) <= pool.slots, f"I5: pool {pool.name} was exceeded"


def starts_by_attempt(effects: Path) -> Counter[str]:
    """How often the user code of each attempt started, from lines ``start <task> <attempt>``."""
    return Counter(line.split()[2] for line in _lines(effects) if line.startswith("start "))


def ends_by_task(effects: Path) -> Counter[str]:
    """How often each task's user code came to its end, from lines ``end <task> <attempt>``."""
    return Counter(line.split()[1] for line in _lines(effects) if line.startswith("end "))


def check_effects(effects: Path, tasks: Sequence[str]) -> None:
    """I6: the user code of each attempt started at most once, and each task's came to its end."""
    doubled = {attempt: number for attempt, number in starts_by_attempt(effects).items() if number > 1}
    assert not doubled, f"I6: started more than once: {doubled}"
    missing = set(tasks) - set(ends_by_task(effects))
    assert not missing, f"recorded but never done: {missing}"


def _lines(effects: Path) -> list[str]:
    return effects.read_text().splitlines()


def most_at_once(attempts: Sequence[Attempt], weights: Mapping[AttemptId, int] | None = None) -> int:
    """How many attempts ran at the same time, at most; ``weights`` count some of them more than once."""
    moments: list[tuple[datetime, int]] = []
    for attempt in attempts:
        if attempt.started_at is not None and attempt.ended_at is not None:
            weight = (weights or {}).get(attempt.attempt_id, 1)
            moments += [(attempt.started_at, weight), (attempt.ended_at, -weight)]
    running = most = 0
    for _, change in sorted(moments, key=lambda item: (item[0], item[1])):
        running += change
        most = max(most, running)
    return most
