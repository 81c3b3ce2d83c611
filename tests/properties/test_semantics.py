"""Random DAGs with rules, maps, groups, pools, branches, sensors, waits, teardowns; losses, repeats, orders of users.

Whatever happens: nothing starts before its rule holds, pools are never exceeded, what is over stays so, what is kept
up to date is what would be counted anew, and every run ends as its deciding tasks say.
"""

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from itertools import count

from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_couture.decisions.advance import Draft
from jupyter_couture.decisions.live import LiveRun
from jupyter_couture.decisions.plan import plan
from jupyter_couture.decisions.readiness import Ready, readiness
from jupyter_couture.decisions.settling import settle
from jupyter_couture.model.ids import TaskId
from jupyter_couture.model.intents import StartAttempt
from jupyter_couture.model.pools import Pool
from jupyter_couture.model.run import Wait, WaitKind
from jupyter_couture.model.states import TERMINAL_TASK_STATES, RunState, TaskEvent, TaskState
from tests.builders import World, seconds
from tests.rich_dags import rich_dag

MAX_PASSES = 600

_BAD = frozenset({TaskState.FAILED, TaskState.UPSTREAM_FAILED})


class _Play:
    """One random DAG played to its end."""

    def __init__(self, seed: int, size: int, slots: int, *, is_meddled: bool) -> None:
        self.rng = random.Random(seed)
        self.spec = rich_dag(self.rng, size)
        self.world = World.of(self.spec, slots=slots)
        self.world.pools.update({"small": Pool("small", 2), "tiny": Pool("tiny", 2, includes_deferred=True)})
        (self.key,) = self.world.live
        self.pending: list[StartAttempt] = []
        self.waits: list[tuple[StartAttempt, Wait]] = []
        self.meddles = 3 if is_meddled else 0
        self._numbers = count()

    def run(self) -> None:
        for _ in range(MAX_PASSES):
            if not self.world.live:  # an order ended it
                break
            self._check_determinism()
            before = self.world.live[self.key]
            made = self.world.step(self.rng.choice((0, 0.5, 2)))
            self.pending.extend(made.starts)
            after = made.ended.get(self.key) or self.world.live[self.key]
            self._check(before, after)
            if not self.world.live:
                break
            self._answer()
            self._meddle()
        else:
            raise AssertionError(f"the run did not end: {self.world.states(self.key)}")
        self._check_end(self.world.ended[self.key].state)

    def _check(self, before: LiveRun, after: LiveRun) -> None:
        assert after == LiveRun.of(after.run, after.spec), "kept up to date"
        for key, task in before.tasks.items():
            if task.state in TERMINAL_TASK_STATES:
                assert after.tasks[key].state in (task.state, TaskState.REMOVED), "terminal stays terminal"
        for start in self.world.plans[-1].starts:
            spec = self.spec.task_by_id[start.task_key.task_id]
            if start.try_number > 1 or start.first_started_at is not None:
                continue  # what has begun goes on, whatever a branch decides meanwhile
            verdict = readiness(after, spec, start.task_key.map_index)
            assert isinstance(verdict, Ready), f"{start.task_key} started before its rule held: {verdict}"
        taken: Counter[str] = Counter()
        running: Counter[str] = Counter()
        for key in after.open:
            taken[self.spec.task_by_id[key.task_id].pool] += self.spec.task_by_id[key.task_id].pool_slots
            running[key.task_id] += 1
        assert sum(running.values()) <= self.world.slots
        for name, pool in self.world.pools.items():
            assert taken[name] <= pool.slots, "I5: a pool is exceeded"
        for name, number in running.items():
            limit = self.spec.task_by_id[TaskId(name)].max_active_instances
            assert limit is None or number <= limit

    def _check_end(self, state: RunState) -> None:
        tasks = self.world.ended[self.key].tasks
        assert all(task.state in TERMINAL_TASK_STATES for task in tasks.values())
        assert all(task.attempt_id is None for task in tasks.values())
        deciding = {task.state for key, task in tasks.items() if key.task_id in self.spec.deciding}
        assert state is (RunState.FAILED if deciding & _BAD else RunState.SUCCESS), "I3"

    def _answer(self) -> None:
        """Let some attempts end in some way, in any order; some facts come twice, some waits end."""
        rng, world = self.rng, self.world
        rng.shuffle(self.pending)
        for start in self.pending[: rng.randint(0, len(self.pending))]:
            self.pending.remove(start)
            world.begin(start)
            for _ in range(1 if rng.random() < 0.8 else 2):
                self._end(start)
        for start, wait in self.waits[: rng.randint(0, len(self.waits))]:
            self.waits.remove((start, wait))
            if wait.timeout_at is None or rng.random() < 0.5:
                world.fire(start, wait, event=1)

    def _end(self, start: StartAttempt) -> None:
        rng, world = self.rng, self.world
        chance = rng.random()
        if chance < 0.55:
            # Of a mapped task all instances decide together, which may be after others have begun.
            is_alone = start.task_key.map_index < 0
            below = (self.spec.downstream if is_alone else self.spec.inner_downstream).get(start.task_key.task_id, ())
            skips = tuple(name for name in below if rng.random() < 0.15)
            world.succeed(start, map_length=rng.randrange(4), skips=skips)
        elif chance < 0.7:
            world.fail(start, is_final=rng.random() < 0.3)
        elif chance < 0.77:
            world.skip(start)
        elif chance < 0.84:
            world.lose(start, was_started=rng.random() < 0.5)
        elif chance < 0.92:
            world.look_again(start, after=1)
        else:
            until = world.now + seconds(3) if rng.random() < 0.5 else None
            kind = rng.choice(tuple(WaitKind))
            wait = Wait(f"w{next(self._numbers)}", kind, "go_on", timeout_at=until)
            world.defer(start, wait)
            self.waits.append((start, wait))

    def _meddle(self) -> None:
        """Sometimes a user clears or marks something."""
        rng, world = self.rng, self.world
        if self.meddles == 0 or rng.random() < 0.7 or world.live[self.key].run.state is not RunState.RUNNING:
            return
        self.meddles -= 1
        draft = Draft(world.live[self.key])
        key = rng.choice(sorted(draft.tasks))
        state = draft.tasks[key].state
        if state in (TaskState.QUEUED, TaskState.RUNNING) and rng.random() < 0.5:
            draft.move(key, TaskEvent.CLEARED)
        elif state in (TaskState.QUEUED, TaskState.RUNNING, TaskState.DEFERRED, TaskState.UP_FOR_RETRY):
            event = rng.choice((TaskEvent.MARKED_SUCCESS, TaskEvent.MARKED_FAILED))
            draft.close(key, event, ended_at=world.now, next_retry_at=None)
        settle(draft, world.now)  # as the pass of an order does
        draft.finish(world.now)
        sealed = draft.seal()
        if sealed.run.state is RunState.RUNNING:
            world.live[self.key] = sealed
        else:
            del world.live[self.key]
            world.ended[self.key] = sealed.run

    def _check_determinism(self) -> None:
        """The same snapshot gives the same plan, also from a run that was read anew from the store."""
        snapshot = self.world.snapshot()
        anew = {key: LiveRun.of(item.run, item.spec) for key, item in snapshot.live.items()}
        plans = [plan(replace(snapshot, live=live, new_id=_names()), self.world.now) for live in (snapshot.live, anew)]
        assert plans[0] == plans[1]


def _names() -> Callable[[], str]:
    numbers = count(10_000)
    return lambda: f"x{next(numbers)}"


@settings(max_examples=200, deadline=None)
@given(seed=st.integers(0, 10**9), size=st.integers(1, 9), slots=st.integers(2, 6))
def test_every_run_ends_whatever_its_tasks_are(seed: int, size: int, slots: int) -> None:
    """S158 too: on the way no pool ever has more than its slots taken."""
    _Play(seed, size, slots, is_meddled=False).run()


@settings(max_examples=200, deadline=None)
@given(seed=st.integers(0, 10**9), size=st.integers(1, 9), slots=st.integers(2, 6))
def test_every_run_ends_though_users_clear_and_mark(seed: int, size: int, slots: int) -> None:
    """Orders at any moment; see ``test_machine`` too."""
    _Play(seed, size, slots, is_meddled=True).run()
