"""Deadlines, mails and callbacks on a clock that the tests move."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from jupyter_couture.decisions.alerts import Watch
from jupyter_couture.decisions.live import LiveRun
from jupyter_couture.decisions.papers import Plan, Snapshot
from jupyter_couture.model.alerts import Mail, MailKind, SlaMiss
from jupyter_couture.model.dag import DagSpec
from jupyter_couture.model.facts import AttemptCancelled, AttemptFailed, AttemptTimedOut
from jupyter_couture.model.ids import AttemptId, RunId, RunKey, TaskId
from jupyter_couture.model.intents import StartAttempt
from jupyter_couture.model.policy import Schedule, ScheduleKind
from jupyter_couture.model.run import AttemptError, RunType
from jupyter_couture.model.states import RunState
from tests.builders import T0, World, a_case, a_dag, a_run, a_task

HOUR = 3600.0


@dataclass
class _Watched(World):
    """A world whose leader watches callbacks and the deadlines of runs that are over."""

    callbacks: Mapping[AttemptId, StartAttempt] = field(default_factory=dict)
    over: dict[RunKey, LiveRun] = field(default_factory=dict)

    def snapshot(self) -> Snapshot:
        ahead = {key: item.run.next_deadline for key, item in self.over.items() if item.run.next_deadline is not None}
        due = {key: self.over[key] for key, at in ahead.items() if at <= self.now}
        wake_at = min((at for key, at in ahead.items() if key not in due), default=None)
        return replace(super().snapshot(), watch=Watch(callbacks=self.callbacks, overdue=due, wake_at=wake_at))

    def step(self, after: float = 0.0) -> Plan:
        made = super().step(after)
        self.callbacks = made.callbacks
        self.over.update(made.ended)
        for key, at in made.looked_back.items():
            self.over[key] = replace(self.over[key], run=replace(self.over[key].run, next_deadline=at))
        return made

    def schedule(self, spec: DagSpec, run_id: str = "s", ended: float = 0.0) -> RunKey:
        """A queued run of the schedule, whose data interval ended so many seconds ago."""
        end = self.now - timedelta(seconds=ended)
        first = min(offset for offset, _ in spec.deadlines)
        run = replace(
            a_run(spec, run_id, end - timedelta(days=1)),
            run_type=RunType.SCHEDULED,
            data_interval_end=end,
            queued_at=self.now,
            next_deadline=end + timedelta(seconds=first),
        )
        self.live[run.key] = LiveRun.of(run, spec)
        return run.key

    @property
    def misses(self) -> list[SlaMiss]:
        """Every deadline that was found missed, in turn."""
        return [miss for made in self.plans for miss in made.batch.sla_misses]

    @property
    def mails(self) -> list[Mail]:
        """Every mail that was written."""
        return [mail for made in self.plans for mail in made.batch.mails]

    def called(self) -> list[StartAttempt]:
        """Every attempt at a callback."""
        return [start for start in self.started if start.callback is not None]


def _world(*specs: DagSpec, slots: int = 8) -> _Watched:
    return _Watched({spec.dag_id: a_case(spec) for spec in specs}, slots=slots)


def _of(start: StartAttempt) -> dict[str, Any]:
    return {"attempt_id": start.attempt_id, "run_key": start.run_key, "task_key": start.task_key}


def _sla(name: str, *upstream: str, after: float = HOUR, **more: Any) -> Any:
    return replace(a_task(name, *upstream), sla_seconds=after, email=("ada@example.org",), **more)


def test_S165_a_task_that_hangs_is_told_of_at_its_deadline_and_once() -> None:
    """S161, S162, S165: the leader wakes for it by itself."""
    spec = a_dag(_sla("slow"))
    world = _world(spec)
    key = world.schedule(spec)
    first = world.step()
    assert first.wake_at == T0 + timedelta(hours=1)
    world.begin(first.starts[0])
    world.step(HOUR - 1)
    assert world.misses == []
    made = world.step(1)
    (miss,) = made.batch.sla_misses
    assert (miss.task_id, miss.run_id, miss.deadline, miss.recorded_at) == ("slow", key.run_id, world.now, world.now)
    (mail,) = made.batch.mails
    assert (mail.kind, mail.to, mail.mail_id) == (MailKind.SLA_MISS, ("ada@example.org",), miss.mail_id)
    assert "slow (running)" in mail.text
    for _ in range(3):
        world.step(HOUR)
    world.succeed(first.starts[0])
    world.step()
    assert (len(world.misses), len(world.mails)) == (1, 1)


def test_S165_a_task_that_never_started_is_told_of_whether_its_run_did_or_not() -> None:
    spec = replace(a_dag(_sla("a"), _sla("b", "a")), max_active_runs=1)
    world = _world(spec, slots=1)
    world.schedule(spec, "s1", ended=60)
    world.schedule(spec, "s2")
    world.step()
    assert [item.run.state for item in world.live.values()] == [RunState.RUNNING, RunState.QUEUED]
    world.step(HOUR)
    assert {(miss.run_id, miss.task_id) for miss in world.misses} == {
        (RunId(run), task) for run in ("s1", "s2") for task in ("a", "b")
    }


def test_S161_a_task_that_succeeded_or_was_skipped_in_time_is_not_late_however_late_the_leader_looks() -> None:
    spec = a_dag(_sla("good"), _sla("skipped"), _sla("tardy"), a_task("hang"))
    world = _world(spec)
    world.schedule(spec)
    good, skipped, tardy, _ = sorted(
        world.step().starts, key=lambda start: ["good", "skipped", "tardy", "hang"].index(start.task_key.task_id)
    )
    world.now += timedelta(seconds=HOUR)
    world.succeed(good)
    world.skip(skipped)
    world.now += timedelta(seconds=1)
    world.succeed(tardy)
    world.step(HOUR)
    assert [miss.task_id for miss in world.misses] == ["tardy"]


def test_S161_runs_made_by_hand_have_no_deadlines_and_scheduled_ones_count_from_their_interval() -> None:
    spec = replace(
        a_dag(_sla("a")), schedule=Schedule(ScheduleKind.CRON, label="@daily", expression="0 0 * * *"), start_date=T0
    )
    world = _world()
    world.dags[spec.dag_id] = a_case(spec)
    world.trigger(spec)
    world.step()
    world.step(2 * 86_400)
    runs = {key.run_id: item.run for key, item in world.live.items()}
    assert runs[RunId("r")].next_deadline is None
    (made,) = [run for run in runs.values() if run.run_type is RunType.SCHEDULED]
    assert made.data_interval_end < world.now
    assert [miss.deadline for miss in world.misses] == [made.data_interval_end + timedelta(hours=1)]


def test_S162_all_that_a_dag_is_late_with_goes_into_one_mail_to_everybody() -> None:
    bob = ("bob@example.org", "ada@example.org")
    spec = a_dag(_sla("a"), replace(_sla("b", "a"), email=bob), replace(_sla("c"), email=()), dag_id="d")
    other = a_dag(_sla("a"), dag_id="e")
    world = _world(spec, other)
    for each in (spec, other):
        world.schedule(each)
    world.step()
    world.step(HOUR)
    assert len(world.misses) == 4
    first, second = world.mails
    assert (first.dag_id, first.to, second.dag_id) == ("d", ("ada@example.org", "bob@example.org"), "e")
    assert first.subject == "[Couture] d: 3 deadlines were missed"
    assert all(f"  {name} (" in first.text for name in "abc")
    assert len({mail.mail_id for mail in world.mails}) == 2


def test_S164_the_callback_gets_the_late_tasks_and_those_that_hold_them_up_once() -> None:
    spec = replace(a_dag(a_task("first"), a_task("done"), _sla("late", "first", "done")), callbacks=("sla_miss",))
    world = _world(spec)
    world.schedule(spec)
    starts = {str(start.task_key.task_id): start for start in world.step().starts}
    world.begin(starts["first"])
    world.succeed(starts["done"])
    world.step(HOUR)
    world.step(HOUR)
    (start,) = world.called()
    assert start.callback is not None
    assert [(each.task_id, each.state.value) for each in start.callback.late] == [("late", "none")]
    blocking = [(each.task_id, each.state.value) for each in start.callback.blocking]
    assert blocking == [("first", "running"), ("late", "none")]
    assert world.misses[0].callback == start.task_key.task_id


def test_a_run_misses_a_deadline_of_its_own_also_after_it_failed() -> None:
    spec = replace(a_dag(a_task("a")), sla_seconds=HOUR)
    world = _world(spec)
    key = world.schedule(spec)
    (start,) = world.step().starts
    world.fail(start)
    ended = world.step(60)
    assert ended.ended[key].run.state is RunState.FAILED
    assert ended.wake_at == T0 + timedelta(hours=1)
    world.step(HOUR)
    (miss,) = world.misses
    assert (miss.task_id, miss.deadline) == ("", T0 + timedelta(hours=1))
    assert world.over[key].run.next_deadline is None
    world.step(HOUR)
    assert len(world.misses) == 1


def test_a_run_that_succeeded_in_time_is_not_looked_at_again() -> None:
    spec = replace(a_dag(_sla("a")), sla_seconds=2 * HOUR)
    world = _world(spec)
    key = world.schedule(spec)
    (start,) = world.step().starts
    world.succeed(start)
    assert world.step(60).ended[key].run.next_deadline is None
    world.step(3 * HOUR)
    assert world.misses == []


def test_S039_a_failure_and_a_retry_get_a_mail_each_as_far_as_they_are_wanted() -> None:
    one = replace(a_task("one", retries=1), email=("ada@example.org",))
    spec = a_dag(one, replace(one, task_id=TaskId("mute"), email_on_failure=False, email_on_retry=False))
    world = _world(spec)
    world.trigger(spec)
    starts = world.step().starts
    for _ in range(2):
        for start in starts:
            world.fail(start)
        world.step()
        starts = world.step(10).starts
    assert [(mail.kind, mail.task_id) for mail in world.mails] == [(MailKind.RETRY, "one"), (MailKind.FAILURE, "one")]
    retry, failure = world.mails
    assert "Try:           1 of 2" in retry.text
    assert "Next try:      2026-" in retry.text
    assert "Error:         E: boom" in failure.text
    assert "Next try:      none" in failure.text


def test_what_the_payload_could_not_call_gets_a_process_of_its_own() -> None:
    names = ("on_failure", "on_retry", "on_success")
    base = replace(a_task("a", retries=1), callbacks=names)
    spec = a_dag(*(replace(base, task_id=TaskId(name)) for name in ("lost", "slow", "silent", "said")))
    world = _world(spec)
    world.trigger(spec)
    starts = {str(start.task_key.task_id): start for start in world.step().starts}
    error = AttemptError("E", "why")
    world.lose(starts["lost"])
    world.say(
        AttemptTimedOut(**_of(starts["slow"]), at=world.now, error=error),
        AttemptFailed(**_of(starts["silent"]), at=world.now, error=error, is_silent=True, is_final=True),
        AttemptFailed(**_of(starts["said"]), at=world.now, error=error),
    )
    made = world.step()
    orders = {
        str(start.callback.task.task_id): start.callback
        for start in world.called()
        if start.callback and start.callback.task
    }
    assert {name: order.name for name, order in orders.items()} == {
        "lost": "on_retry",
        "slow": "on_retry",
        "silent": "on_failure",
    }
    assert (orders["silent"].try_number, orders["silent"].reason) == (1, "why")
    assert all(start.task_key.task_id.startswith("~") for start in world.called())
    assert all("~" not in name for name in world.states(RunKey(spec.dag_id, RunId("r"))))
    assert {start.attempt_id for start in world.called()} <= {start.attempt_id for start in made.batch.new_attempts}


def test_a_task_whose_run_was_cancelled_calls_back_when_its_process_is_gone() -> None:
    spec = a_dag(replace(a_task("a"), callbacks=("on_failure",)))
    world = _world(spec)
    key = world.trigger(spec)
    (start,) = world.step().starts
    world.begin(start)
    world.step()
    world.cancel.add(key)
    world.step()
    world.cancel.clear()
    assert world.called() == []
    world.say(AttemptCancelled(**_of(start), at=world.now))
    world.step()
    (made,) = world.called()
    assert made.callback is not None
    assert made.callback.name == "on_failure"
    assert world.mails == []


def test_a_run_calls_back_once_when_it_has_ended_and_again_if_the_process_is_lost() -> None:
    spec = replace(a_dag(a_task("a")), callbacks=("on_success", "on_failure"))
    world = _world(spec)
    world.trigger(spec)
    (start,) = world.step().starts
    world.succeed(start)
    world.step()
    (first,) = world.called()
    assert first.callback is not None
    assert (first.callback.name, first.callback.reason) == ("on_success", "success")
    for number in (1, 2):
        newest = world.called()[-1]
        world.begin(newest)
        world.lose(newest)
        world.step()
        assert len(world.called()) == number + 1
    last = world.called()[-1]
    assert (last.task_key, last.try_number) == (first.task_key, 3)
    world.lose(last)
    made = world.step()
    assert len(world.called()) == 3, "not more often than max_losses"
    assert list(made.batch.ended_callbacks) == [(last.run_key, last.task_key)]
    assert world.callbacks == {}


def test_old_intervals_of_a_new_dag_have_no_deadlines() -> None:
    """A catchup over years of history is late by nobody's fault."""
    spec = replace(
        a_dag(_sla("a")),
        schedule=Schedule(ScheduleKind.CRON, label="@daily", expression="0 0 * * *"),
        start_date=T0 - timedelta(days=5),
        catchup=True,
    )
    world = _world()
    world.dags[spec.dag_id] = a_case(spec)
    world.step()
    assert len(world.live) >= 4
    assert world.misses == []
    deadlines: list[datetime | None] = [item.run.next_deadline for item in world.live.values()]
    assert all(at is None for at in deadlines)
