"""R42: the engine as a state machine, driven by users, the clock, executors and crashes, next to a model of the store.

Each rule is something that may happen at any moment; after each pass the batch is applied to plain rows the way the
store does it, and the rows are compared with what the scheduler believes. When the machine stops the world is left
alone, and every run must end.
"""

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from jupyter_couture.decisions.due import DagCase
from jupyter_couture.decisions.explain import obstacles
from jupyter_couture.decisions.live import LiveRun
from jupyter_couture.decisions.papers import Plan
from jupyter_couture.decisions.plan import plan
from jupyter_couture.decisions.readiness import Ready, readiness
from jupyter_couture.model.commands import (
    Check,
    ClearTasks,
    Command,
    DeleteRuns,
    MarkTasks,
    RunTask,
    SetRunState,
    Target,
)
from jupyter_couture.model.dag import DagSpec
from jupyter_couture.model.facts import AttemptCancelled
from jupyter_couture.model.ids import DagId, RunId, RunKey, TaskKey, VersionHash
from jupyter_couture.model.intents import StartAttempt
from jupyter_couture.model.policy import Schedule, ScheduleKind
from jupyter_couture.model.pools import THE_DEFAULT_POOL, Pool
from jupyter_couture.model.reasons import ReasonKind
from jupyter_couture.model.run import DagRun, RunType, Wait, WaitKind
from jupyter_couture.model.states import TERMINAL_RUN_STATES, TERMINAL_TASK_STATES, RunState, TaskState
from tests.builders import a_case, seconds
from tests.rich_dags import rich_dag
from tests.rows import Engine, Open

PERIOD = 60.0
"""Seconds between two scheduled runs."""

MAX_TRIGGERED = 4
PATIENCE = 400
"""Passes in which everything must end once the world is left alone."""

_NO_HURRY = frozenset({ReasonKind.PAST_UNFINISHED, ReasonKind.PAST_DOWNSTREAM})


class EngineMachine(RuleBasedStateMachine):
    """Whatever users, the clock, executors and crashes do, in any order."""

    dag_id = DagId("d")
    is_sound = False

    @initialize(
        seed=st.integers(0, 10**6),
        slots=st.integers(1, 6),
        max_active_runs=st.integers(1, 3),
        is_scheduled=st.booleans(),
        is_caught_up=st.booleans(),
        is_timed=st.booleans(),
    )
    def begin(
        self, seed: int, slots: int, max_active_runs: int, *, is_scheduled: bool, is_caught_up: bool, is_timed: bool
    ) -> None:
        """A DAG that is on, with one run."""
        self.rng = random.Random(seed)
        self.numbers = count()
        self.touched: set[RunKey] = set()
        self.forced: set[tuple[RunKey, TaskKey]] = set()
        self.waits: list[tuple[StartAttempt, Wait]] = []
        self.options: dict[str, Any] = {
            "max_active_runs": max_active_runs,
            "schedule": Schedule(ScheduleKind.INTERVAL, "1m", interval_seconds=PERIOD) if is_scheduled else None,
            "catchup": is_caught_up,
            "run_timeout_seconds": 5 * PERIOD if is_timed else None,
        }
        self.world = Engine({}, slots=slots)
        self.world.pools.update({"small": Pool("small", 2), "tiny": Pool("tiny", 2, includes_deferred=True)})
        spec = self._new_spec()
        self.options["start_date"] = self.world.now
        self.world.versions[VersionHash("v")] = spec = replace(spec, start_date=self.world.now)
        self.world.dags[spec.dag_id] = a_case(spec)
        self.triggered = 0
        self.trigger()
        self.is_sound = True

    # --- users --------------------------------------------------------------------------------------------------------

    @precondition(lambda self: self.triggered < MAX_TRIGGERED)
    @rule()
    def trigger(self) -> None:
        """A run by hand."""
        self.triggered += 1
        case = self.world.dags[self.dag_id]
        run = DagRun(
            dag_id=self.dag_id,
            run_id=RunId(f"manual__{self.triggered}"),
            run_type=RunType.MANUAL,
            version=case.state.version,
            state=RunState.QUEUED,
            logical_date=self.world.now,
            data_interval_start=self.world.now,
            data_interval_end=self.world.now,
            queued_at=self.world.now,
        )
        self.world.rows.add(run)
        self.world.live[run.key] = LiveRun.of(run, case.spec)

    @rule(is_paused=st.booleans())
    def pause(self, *, is_paused: bool) -> None:
        """Turn the DAG off, or on."""
        case = self.world.dags[self.dag_id]
        self.world.dags[self.dag_id] = replace(case, state=replace(case.state, is_paused=is_paused))

    @rule()
    def edit(self) -> None:
        """The file says something else now."""
        version = VersionHash(f"v{next(self.numbers)}")
        self._put(version, self._new_spec())

    @rule(small=st.integers(0, 3), tiny=st.integers(0, 3), slots=st.integers(0, 6))
    def resize(self, small: int, tiny: int, slots: int) -> None:
        """Pools get another size, workers come and go."""
        self.world.pools.update({"small": Pool("small", small), "tiny": Pool("tiny", tiny, includes_deferred=True)})
        self.world.slots = slots

    @rule(data=st.data())
    def clear(self, data: st.DataObject) -> None:
        """Some instances are to be done again."""
        targets = self._targets(data)
        self._order(ClearTasks(targets), {target.run_key for target in targets})

    @rule(data=st.data(), state=st.sampled_from((TaskState.SUCCESS, TaskState.FAILED)))
    def mark(self, data: st.DataObject, state: TaskState) -> None:
        """Some instances count as done, or as failed."""
        targets = self._targets(data)
        self._order(MarkTasks(targets, state), {target.run_key for target in targets})

    @rule(data=st.data(), ignored=st.sets(st.sampled_from(tuple(Check))))
    def run_now(self, data: st.DataObject, ignored: set[Check]) -> None:
        """One instance is to run whatever it waits for."""
        target = self._targets(data)[0]
        if Check.DEPENDENCIES in ignored:
            self.forced.add((target.run_key, target.task_key))
        self._order(RunTask(target, tuple(sorted(ignored))), {target.run_key})

    @rule(data=st.data(), state=st.sampled_from((RunState.SUCCESS, RunState.FAILED, RunState.QUEUED)))
    def set_state(self, data: st.DataObject, state: RunState) -> None:
        """A run counts as ended, or goes on."""
        key = self._a_run(data)
        self._order(SetRunState((key,), state), {key})

    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        """A run is to be forgotten."""
        key = self._a_run(data)
        self._order(DeleteRuns((key,)), {key})

    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        """A run is to be stopped."""
        key = self._a_run(data)
        if key in self.world.live:
            self.touched.add(key)
            self.world.cancel.add(key)

    # --- executors ----------------------------------------------------------------------------------------------------

    @rule(part=st.floats(0, 1))
    def start_some(self, part: float) -> None:
        """Attempts claim their start."""
        for each in self.world.rows.attempts.values():
            if not each.is_begun and self.rng.random() < part:
                each.is_begun = True
                self.world.begin(each.start)

    @rule(part=st.floats(0, 1))
    def end_some(self, part: float) -> None:
        """Attempts end in some way."""
        for each in list(self.world.rows.attempts.values()):
            if self.rng.random() < part:
                self._end(each)

    @rule(part=st.floats(0, 1))
    def fire_some(self, part: float) -> None:
        """What tasks wait for happens, or fails."""
        for start, wait in list(self.waits):
            if self.rng.random() < part:
                self.waits.remove((start, wait))
                self.world.fire(start, wait, event=1, error=self.rng.choice(("", "", "boom")))

    @rule()
    def double_facts(self) -> None:
        """Facts come twice, in any order."""
        facts = [stored.fact for stored in self.world.facts]
        self.world.say(*(fact for fact in facts if self.rng.random() < 0.5))
        self.rng.shuffle(self.world.facts)

    @rule()
    def say_old_things(self) -> None:
        """Starts of long ago act once more."""
        if self.world.started:
            start = self.rng.choice(self.world.started)
            self.rng.choice((self.world.begin, self.world.succeed, self.world.fail, self.world.lose))(start)
            spoken = self.world.facts[-1].fact
            if start.attempt_id in self.world.rows.attempts and spoken is not None:
                self.world.facts.pop()  # an attempt that is under way speaks for itself

    # --- the leader ---------------------------------------------------------------------------------------------------

    @rule(after=st.sampled_from((0.0, 1.0, 5.0, 30.0, 200.0)))
    def work(self, after: float) -> None:
        """A pass, some time later."""
        self.world.now += seconds(after)
        self._commit(self._decide())

    @rule(part=st.floats(0.3, 1), after=st.sampled_from((0.0, 1.0, 30.0)))
    def go_on(self, part: float, after: float) -> None:
        """Attempts begin and end, and a pass hears of it."""
        self.start_some(part)
        self.end_some(part)
        self.work(after)

    @rule()
    def crash_before_commit(self) -> None:
        """A leader decides and dies; the next one reads everything anew."""
        self._decide()
        self.world.recover()

    @rule()
    def crash_after_commit(self) -> None:
        """A leader writes and dies; the next one reads everything anew."""
        self._commit(self._decide())
        self.world.recover()

    # --- the end ------------------------------------------------------------------------------------------------------

    def teardown(self) -> None:
        """Leave the world alone: everything ends."""
        if not self.is_sound:  # a rule has failed
            return
        self.options["schedule"] = None
        self.pause(is_paused=False)
        self._put(VersionHash("last"), self._new_spec())
        self.resize(9, 9, 6)
        self._calm_down()
        stuck = set(self.world.live)
        for key in stuck:
            item = self.world.live[key]
            draft_free = [name for name, task in item.tasks.items() if task.state is TaskState.NONE]
            assert item.run.state is RunState.QUEUED or draft_free, f"{key} did not end: {self.world.states(key)}"
        behind = [key for key in stuck if self._waits_for_past(key)]
        assert not stuck or behind, f"these did not end: {[self.world.states(key) for key in stuck]}"
        self.world.cancel.update(stuck)
        self._calm_down()
        assert not self.world.live
        assert not self.world.commands
        for run in self.world.ended.values():
            assert all(task.state in TERMINAL_TASK_STATES for task in run.tasks.values()), run.key
            assert all(task.attempt_id is None for task in run.tasks.values()), run.key

    def _calm_down(self) -> None:
        """Everything ends well; nobody asks for anything."""
        for _ in range(PATIENCE):
            for each in list(self.world.rows.attempts.values()):
                del self.world.rows.attempts[each.start.attempt_id]
                if each.is_to_end:
                    self.world.say(self._cancelled(each.start))
                else:
                    self.world.begin(each.start)
                    self.world.succeed(each.start, map_length=2)
            for start, wait in self.waits:
                self.world.fire(start, wait, event=1)
            self.waits.clear()
            self.world.now += seconds(20)
            made = self._decide()
            self._commit(made)
            is_idle = made.batch.is_empty and not (self.world.rows.attempts or self.world.commands)
            if is_idle and (made.wake_at is None or made.wake_at <= self.world.now):
                return
        raise AssertionError(f"no rest: {[self.world.states(key) for key in self.world.live]}")

    def _waits_for_past(self, key: RunKey) -> bool:
        item = self.world.live[key]
        past = self.world.snapshot().pasts.get(key)
        if past is None:
            return False
        earlier = any(
            other.run.logical_date < item.run.logical_date for name, other in self.world.live.items() if name != key
        )
        kinds = {
            reason.kind
            for name, task in item.tasks.items()
            if task.state is TaskState.NONE
            for reason in obstacles(item, name, past)
        }
        return bool(kinds & _NO_HURRY) or earlier

    # --- inside -------------------------------------------------------------------------------------------------------

    def _new_spec(self) -> DagSpec:
        made = rich_dag(random.Random(self.rng.random()), self.rng.randint(1, 7))
        with_past = tuple(
            replace(task, depends_on_past=True, wait_for_downstream=self.rng.random() < 0.3)
            if self.rng.random() < 0.1
            else task
            for task in made.tasks
        )
        return replace(made, tasks=with_past, **self.options)

    def _put(self, version: VersionHash, spec: DagSpec) -> None:
        self.world.versions[version] = spec
        state = replace(self.world.dags[self.dag_id].state, version=version)
        self.world.dags[self.dag_id] = DagCase.of(state, spec, self.world.now)

    def _order(self, command: Command, keys: set[RunKey]) -> None:
        self.touched |= keys
        self.world.order(command)

    def _a_run(self, data: st.DataObject) -> RunKey:
        known = sorted(self.world.rows.runs) or [RunKey(self.dag_id, RunId("gone"))]
        return known[data.draw(st.integers(0, 99)) % len(known)]

    def _targets(self, data: st.DataObject) -> tuple[Target, ...]:
        key = self._a_run(data)
        names = sorted(self.world.rows.tasks.get(key, {})) or [
            TaskKey(self.world.dags[self.dag_id].spec.tasks[0].task_id)
        ]
        picks = data.draw(st.lists(st.integers(0, 99), min_size=1, max_size=4))
        return tuple(Target(key, names[pick % len(names)]) for pick in dict.fromkeys(picks))

    def _end(self, each: Open) -> None:
        """An attempt ends and says so; one that vanished is found to be lost."""
        rng, world, start = self.rng, self.world, each.start
        del world.rows.attempts[start.attempt_id]
        if each.is_to_end and rng.random() < 0.7:
            world.say(self._cancelled(start))
            return
        if not each.is_begun and rng.random() < 0.3:
            world.lose(start, was_started=False)
            return
        chance = rng.random()
        if chance < 0.5:
            spec = world.versions[start.version]
            is_alone = start.task_key.map_index < 0
            below = (spec.downstream if is_alone else spec.inner_downstream).get(start.task_key.task_id, ())
            skips = tuple(name for name in below if rng.random() < 0.15)
            world.succeed(start, map_length=rng.randrange(4), skips=skips)
        elif chance < 0.65:
            world.fail(start, is_final=rng.random() < 0.3)
        elif chance < 0.72:
            world.skip(start)
        elif chance < 0.8:
            world.lose(start)
        elif chance < 0.9:
            world.look_again(start, after=1)
        else:
            until = world.now + seconds(30) if rng.random() < 0.5 else None
            wait = Wait(f"w{next(self.numbers)}", rng.choice(tuple(WaitKind)), "go_on", timeout_at=until)
            world.defer(start, wait)
            self.waits.append((start, wait))

    def _cancelled(self, start: StartAttempt) -> AttemptCancelled:
        return AttemptCancelled(
            attempt_id=start.attempt_id, run_key=start.run_key, task_key=start.task_key, at=self.world.now
        )

    def _decide(self) -> Plan:
        """One plan, and the same from runs that were read anew."""
        self.is_sound = False
        snapshot = self.world.snapshot()
        number = next(self.numbers)
        plans = []
        for live in (snapshot.live, {key: LiveRun.of(item.run, item.spec) for key, item in snapshot.live.items()}):
            again = replace(snapshot, live=live, new_id=_names(f"a{number}"))
            plans.append(plan(again, self.world.now))
        assert plans[0] == plans[1], "replay gives the same"
        self.is_sound = True
        return plans[0]

    def _commit(self, made: Plan) -> None:
        world = self.world
        self.is_sound = False
        before = {key: world.rows.run_of(key) for key in world.rows.runs}
        world.rows.apply(made.batch)
        assert sorted(made.batch.consumed_facts) == sorted(stored.number for stored in world.facts)
        world.take(made)
        world.cancel.clear()
        for key, item in world.live.items():
            assert item == LiveRun.of(world.rows.run_of(key), world.spec_of(item.run)), "the batch says it all"
        for key, run in world.ended.items():
            assert run == world.rows.run_of(key), "the batch says how it ended"
        assert world.live.keys() | world.ended.keys() == world.rows.runs.keys()
        for key, run in before.items():
            if key not in self.touched:
                self._check_monotonic(run)
        self._check_starts(made)
        self._check_limits(made)
        self.is_sound = True

    def _check_monotonic(self, run: DagRun) -> None:
        """Terminal stays terminal, unless a user acted."""
        after = self.world.rows.run_of(run.key)
        if run.state in TERMINAL_RUN_STATES:
            assert after == run, "an ended run stays as it ended"
        for name, task in run.tasks.items():
            if task.state in TERMINAL_TASK_STATES:
                assert after.tasks[name].state in (task.state, TaskState.REMOVED), f"{name} was over"

    def _check_starts(self, made: Plan) -> None:
        """Nothing begins before its rule holds."""
        for start in made.starts:
            item = self.world.live[start.run_key]
            assert item.run.state is RunState.RUNNING
            assert not self.world.dags[self.dag_id].state.is_paused
            if start.run_key in self.touched or start.try_number > 1 or start.first_started_at is not None:
                continue
            verdict = readiness(item, item.spec.task_by_id[start.task_key.task_id], start.task_key.map_index)
            assert isinstance(verdict, Ready), f"{start.task_key} began before its rule held: {verdict}"

    def _check_limits(self, made: Plan) -> None:
        """Pools, slots and limits are never exceeded by what begins; who was forced may pass them."""
        world = self.world
        begun = [start for start in made.starts if (start.run_key, start.task_key) not in self.forced]
        is_forced = len(begun) < len(made.starts)
        if is_forced or not begun:
            return
        taken: Counter[str] = Counter()
        for item in world.live.values():
            for key, task in item.tasks.items():
                spec = item.spec.task_by_id[key.task_id]
                is_open = key in item.open
                pool = world.pools.get(spec.pool, THE_DEFAULT_POOL)
                is_waiting = task.state in (TaskState.DEFERRED, TaskState.AWAITING_INPUT) and pool.includes_deferred
                taken[spec.pool] += spec.pool_slots * (is_open or is_waiting)
        for start in begun:
            name = world.versions[start.version].task_by_id[start.task_key.task_id].pool
            assert taken[name] <= world.pools[name].slots, f"I5: pool {name} is exceeded"
        running = Counter(item.run.state for item in world.live.values())[RunState.RUNNING]
        limit = max(spec.max_active_runs for spec in world.versions.values())
        assert running <= limit, "max_active_runs"
        assert sum(len(item.open) for item in world.live.values()) <= world.slots * 4


def _names(prefix: str) -> Callable[[], str]:
    numbers = count()
    return lambda: f"{prefix}.{next(numbers)}"
