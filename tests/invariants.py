"""What must hold after any test, whatever was killed: I1 to I7 and I9 of the reliability catalogue."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from jupyter_couture.model.ids import RunKey
from jupyter_couture.model.run import Attempt
from jupyter_couture.model.states import OPEN_ATTEMPT_STATES, TERMINAL_TASK_STATES, AttemptState, RunState, TaskState
from tests.deployment import Deployment

WAITED = (AttemptState.RESCHEDULED, AttemptState.DEFERRED)
"""Ends of attempts after which another attempt of the same try goes on."""


def check_invariants(deployment: Deployment, key: RunKey) -> None:
    """Raise ``AssertionError`` naming the invariant a finished run breaks."""
    run = deployment.run(key)
    rows = deployment.tasks(key)
    spec = deployment.store.spec(run.version)
    attempts = deployment.attempts(key)
    by_task: dict[str, list[Attempt]] = {}
    for attempt in attempts:
        by_task.setdefault(attempt.task_key.task_id, []).append(attempt)
    assert set(rows) == set(spec.task_by_id), "a task instance is lost"
    for name, tries in by_task.items():
        wins = [attempt for attempt in tries if attempt.state is AttemptState.SUCCESS]
        assert len(wins) <= 1, f"I1: {name} succeeded {len(wins)} times"
        ends = [attempt.try_number for attempt in tries if attempt.state not in WAITED]
        assert ends == list(range(1, len(ends) + 1)), f"I1: tries of {name}"
    assert not [attempt for attempt in attempts if attempt.state in OPEN_ATTEMPT_STATES], "I2: an attempt is open"
    assert all(row.task.state in TERMINAL_TASK_STATES for row in rows.values()), "I2: a task is not over"
    bad = {TaskState.FAILED, TaskState.UPSTREAM_FAILED}
    leaves_fail = any(rows[leaf].task.state in bad for leaf in spec.leaves)
    expected = RunState.FAILED if leaves_fail or run.is_cancel_requested else RunState.SUCCESS
    assert run.state is expected, "I3: the run does not follow"
    for name, tries in by_task.items():
        for parent in spec.upstream[name]:
            ended = rows[parent].task.ended_at
            assert ended is not None
            assert all(attempt.dispatched_at >= ended for attempt in tries), f"I4: {name} began before {parent} ended"
    slots = deployment.settings.workers * deployment.settings.slots_per_worker
    assert most_at_once(attempts) <= slots, "I5: more attempts ran at once than there are slots"
    fences = [attempt.fence for attempt in sorted(attempts, key=lambda attempt: attempt.dispatched_at)]
    assert fences == sorted(fences), "I7: a fence went back"
    deployment.wait_for(lambda: not deployment.store.facts(10), "I2: the last facts to be read", 10)
    deployment.wait_for(lambda: not deployment.attempt_processes(), "I9: the last processes to go", 10)


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


def most_at_once(attempts: Sequence[Attempt]) -> int:
    """How many attempts ran at the same time, at most."""
    moments: list[tuple[datetime, int]] = []
    for attempt in attempts:
        if attempt.started_at is not None and attempt.ended_at is not None:
            moments += [(attempt.started_at, 1), (attempt.ended_at, -1)]
    running = most = 0
    for _, change in sorted(moments, key=lambda item: (item[0], item[1])):
        running += change
        most = max(most, running)
    return most
