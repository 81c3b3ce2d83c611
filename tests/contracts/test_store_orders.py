"""S102 to S108, S127: what every store promises of commands, the runs they reach, and forgetting runs and DAGs."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from jupyter_couture.model.alerts import Mail, MailKind, SlaMiss
from jupyter_couture.model.assets import AssetEvent
from jupyter_couture.model.backfills import Backfill, BackfillSlot
from jupyter_couture.model.commands import (
    Check,
    ClearTasks,
    Command,
    CommandOutcome,
    DeleteDag,
    DeleteRuns,
    MarkTasks,
    RunOutcome,
    RunTask,
    SetRunState,
    Target,
)
from jupyter_couture.model.errors import InvalidRequest, LeaseLost, NotFound
from jupyter_couture.model.ids import DagId, RunId, RunKey, TaskId, TaskKey
from jupyter_couture.model.intents import CallbackOrder
from jupyter_couture.model.policy import Upcoming
from jupyter_couture.model.records import AuditEntry, Batch, RunUpdate, TaskUpdate
from jupyter_couture.model.run import DagRun, TaskInstance, TaskRef
from jupyter_couture.model.states import RunState, TaskState
from jupyter_couture.model.xcom import XComFilter, XComForm, XComItem
from jupyter_couture.store import SqlStore
from tests.builders import T0, task_key
from tests.contracts.store_desk import Desk, a_file, a_version, a_wish, claims, contents, outcome

KEY = RunKey(DagId("d"), RunId("r"))
TARGETS = (Target(KEY, task_key("a")), Target(KEY, task_key("b")))
COMMANDS: list[Command] = [
    ClearTasks(TARGETS),
    MarkTasks(TARGETS[:1], TaskState.FAILED),
    RunTask(TARGETS[0], (Check.DEPENDENCIES, Check.UPSTREAM)),
    SetRunState((KEY,), RunState.SUCCESS),
    DeleteRuns((KEY,)),
    DeleteDag(KEY.dag_id),
]
KEPT = frozenset({"alembic_version", "lease", "feed", "feed_head", "audit", "mail", "command", "asset", "asset_event"})
"""Tables that outlive the DAGs they speak of, and those that speak of none."""


def an_item(value: int) -> XComItem:
    return XComItem(form=XComForm.JSON, type_name="int", size_bytes=1, preview=value, value=value)


def test_commands_wait_in_their_order_until_their_outcome_is_written(store: SqlStore) -> None:
    desk = Desk.at(store)
    numbers = [store.add_command(wanted, "ada", T0) for wanted in COMMANDS]
    assert numbers == sorted(set(numbers))
    waiting = store.commands(100)
    assert [(each.number, each.command, each.actor, each.at) for each in waiting] == [
        (number, wanted, "ada", T0) for number, wanted in zip(numbers, COMMANDS, strict=True)
    ]
    assert [each.number for each in store.commands(2)] == numbers[:2]
    assert store.command_outcome(numbers[0]) is None
    said = CommandOutcome(numbers[0], 2, ("It had one more.",), (RunOutcome(KEY, 2, ("It had one more.",)),))
    desk.commit(Batch(command_outcomes=[said]))
    assert store.command_outcome(numbers[0]) == said
    assert [each.number for each in store.commands(100)] == numbers[1:]
    with pytest.raises(NotFound):
        store.command_outcome(10_000)


def test_commands_that_are_known_to_wait_keep_no_others_back(store: SqlStore) -> None:
    numbers = [store.add_command(COMMANDS[0], "ada", T0) for _ in range(5)]
    assert [each.number for each in store.commands(2, numbers[:3])] == numbers[3:]
    assert not store.commands(2, numbers)


def test_commands_are_forgotten_some_time_after_they_were_carried_out(store: SqlStore) -> None:
    desk = Desk.at(store)
    done, waiting = (store.add_command(COMMANDS[0], "ada", T0) for _ in range(2))
    desk.commit(Batch(command_outcomes=[CommandOutcome(done)]))
    assert store.trim_commands(3600.0) == 0
    assert store.command_outcome(done) is not None
    assert store.trim_commands(-1.0) == 1
    with pytest.raises(NotFound):
        store.command_outcome(done)
    assert [each.number for each in store.commands(10)] == [waiting]


def test_only_who_leads_carries_out_commands(desk: Desk) -> None:
    number = desk.store.add_command(COMMANDS[0], "ada", T0)
    with pytest.raises(LeaseLost):
        desk.store.commit(desk.fence + 1, Batch(command_outcomes=[CommandOutcome(number)], deleted_runs=[KEY]))
    assert desk.store.command_outcome(number) is None


@pytest.mark.parametrize(
    ("past", "future", "found"),
    [
        (False, False, ["r2"]),
        (True, False, ["r0", "r1", "r2"]),
        (False, True, ["r2", "r3", "r4"]),
        (True, True, ["r0", "r1", "r2", "r3", "r4"]),
    ],
)
def test_S103_runs_in_reach_come_by_logical_date_with_their_tasks(
    desk: Desk, past: bool, future: bool, found: list[str]
) -> None:
    for number in (3, 0, 4, 2, 1):
        desk.started(f"r{number}", number)
    Desk.at(desk.store, dag_id="e").started("elsewhere", 1)
    runs = desk.store.runs_in_reach(RunKey(desk.spec.dag_id, RunId("r2")), past=past, future=future, most=100)
    assert [run.run_id for run in runs] == found
    assert all(set(run.tasks) == {task_key("a"), task_key("b")} for run in runs)


def test_what_is_too_much_at_once_is_refused(desk: Desk) -> None:
    key = desk.started("r0", 0).key
    desk.started("r1", 1)
    assert len(desk.store.runs_in_reach(key, past=False, future=True, most=4)) == 2
    with pytest.raises(InvalidRequest, match="4 task instances; at most 3"):
        desk.store.runs_in_reach(key, past=False, future=True, most=3)
    assert len(desk.store.runs_in_reach(key, past=False, future=False, most=2)) == 1
    with pytest.raises(NotFound):
        desk.store.runs_in_reach(RunKey(key.dag_id, RunId("ghost")), past=True, future=True, most=9)


def test_S107_the_runs_that_a_task_instance_triggered_are_found(desk: Desk) -> None:
    run = desk.started()
    parents = [
        TaskRef(run.dag_id, run.run_id, "a"),
        TaskRef(run.dag_id, run.run_id, "b", 3),
        TaskRef(run.dag_id, run.run_id, "b", 4),
    ]
    child = Desk.at(desk.store, dag_id="child")
    for number, parent in enumerate(parents):
        child.store.create_run(replace(a_wish(child.spec, f"c{number}", number), parent=parent))
    child.store.create_run(a_wish(child.spec, "by hand", 9))
    ask = desk.store.children_of
    assert [key.run_id for key in ask(parents[:1])] == ["c0"]
    assert [key.run_id for key in ask(parents[1:])] == ["c1", "c2"]
    assert ask([TaskRef(run.dag_id, run.run_id, "b")]) == []
    many = [replace(parents[0], map_index=number) for number in range(600)]
    assert [key.run_id for key in ask([*many, *parents])] == ["c0", "c1", "c2"]


@pytest.mark.parametrize("before", [TaskState.SUCCESS, TaskState.FAILED, TaskState.RESTARTING, TaskState.DEFERRED])
def test_the_values_of_a_cleared_instance_go_with_the_clearing(desk: Desk, before: TaskState) -> None:
    run = desk.started()
    starts = desk.dispatched(run, ("a", "b"))
    desk.store.claim(claims(starts))
    for start in starts:
        desk.store.keep_xcoms(start.attempt_id, {"x": an_item(1)})
    a = TaskInstance(task_key("a"), before, 1)
    desk.commit(Batch(task_updates=[TaskUpdate(run.key, a, TaskState.QUEUED)]))
    desk.commit(Batch(task_updates=[TaskUpdate(run.key, replace(a, state=TaskState.NONE), before)]))
    assert [row.task_key for row in desk.store.list_xcoms(XComFilter()).rows] == [task_key("b")]


@pytest.mark.parametrize("state", [TaskState.SUCCESS, TaskState.FAILED])
def test_marking_an_instance_keeps_its_values(desk: Desk, state: TaskState) -> None:
    run = desk.started()
    (start,) = desk.dispatched(run)
    desk.store.claim(claims([start]))
    desk.store.keep_xcoms(start.attempt_id, {"x": an_item(1)})
    before = TaskState.FAILED if state is TaskState.SUCCESS else TaskState.SUCCESS
    a = TaskInstance(task_key("a"), before, 1)
    desk.commit(Batch(task_updates=[TaskUpdate(run.key, a, TaskState.QUEUED)]))
    desk.commit(Batch(task_updates=[TaskUpdate(run.key, replace(a, state=state), before)]))
    assert desk.store.list_xcoms(XComFilter()).total == 1


def lived_in(desk: Desk, run_id: str = "r", at: float = 0.0) -> DagRun:
    """A run with everything a run may have: attempts, values, a callback, a missed deadline, a mail, a child."""
    run = desk.started(run_id, at)
    (start,) = desk.dispatched(run)
    desk.store.claim(claims([start]))
    desk.store.keep_xcoms(start.attempt_id, {"x": an_item(1)})
    desk.store.finish([outcome(start)])
    call = replace(desk.start(run, "~on_failure~1"), callback=CallbackOrder(name="on_failure", reason="task_failure"))
    miss = SlaMiss(
        dag_id=run.dag_id,
        run_id=run.run_id,
        task_id="a",
        logical_date=run.logical_date,
        deadline=T0,
        recorded_at=T0,
    )
    mail = Mail(
        mail_id=f"{run.dag_id} {run_id}",
        kind=MailKind.SLA_MISS,
        to=("ada@example.org",),
        subject="Late",
        text="",
        made_at=T0,
        dag_id=run.dag_id,
        run_id=run.run_id,
    )
    desk.commit(Batch(new_attempts=[call], sla_misses=[miss], mails=[mail]))
    return run


def rows_by_table(store: SqlStore) -> Mapping[str, int]:
    """How many rows there are in each table whose rows go with a DAG."""
    found = contents(store)
    return {name: len(rows) for name, rows in found.items() if name not in KEPT}


def test_S127_a_deleted_run_is_gone_with_all_that_belongs_to_it_and_nothing_else(desk: Desk) -> None:
    before = rows_by_table(desk.store)
    lived_in(desk, "stays")
    with_one = rows_by_table(desk.store)
    assert {name for name in with_one if with_one[name] != before[name]} == {
        "attempt",
        "callback",
        "dag_run",
        "fact",
        "sla_miss",
        "task_instance",
        "xcom",
    }
    run = lived_in(desk, "goes", 1)
    child = Desk.at(desk.store, dag_id="child")
    parent = TaskRef(run.dag_id, run.run_id, "a")
    kept, _ = child.store.create_run(replace(a_wish(child.spec, "c"), parent=parent))
    desk.store.add_audit(AuditEntry(at=T0, actor="ada", event="delete_run", source_ip="", run_id=run.run_id))
    child.commit(Batch(deleted_runs=[run.key, RunKey(run.dag_id, RunId("ghost"))]))
    with pytest.raises(NotFound):
        desk.store.run_row(run.key)
    assert desk.store.run_row(kept.key).run.parent == parent, "what it triggered stays, and says by whom"
    child.commit(Batch(deleted_runs=[kept.key]))
    after = rows_by_table(desk.store)
    assert {name: count for name, count in after.items() if with_one[name] != count} == {
        "dag": 2,
        "dag_claim": 2,
        "dag_file": 2,
        "dag_task": 4,
        "dag_version": 2,
        "fact": with_one["fact"] * 2,  # facts of runs that are gone are consumed by the next pass
    }
    again, is_new = desk.store.create_run(a_wish(desk.spec, "goes", 1, key="k"))
    assert is_new
    assert desk.store.task_rows(again.key) == []


def test_D09_a_deleted_dag_is_gone_and_its_file_is_read_as_a_new_one(desk: Desk) -> None:
    empty = rows_by_table(desk.store)
    spec = replace(desk.spec, dag_id=DagId("victim"))
    desk.store.record_parse([a_file(a_version(spec), file="v.py")], T0, paused_at_creation=False)
    changed = a_version(replace(spec, description="changed"), "victim@2")
    desk.store.record_parse([a_file(changed, file="v.py", content="h2")], T0, paused_at_creation=False)
    victim = replace(desk, spec=spec)
    run = lived_in(victim)
    desk.commit(
        Batch(
            asset_events=[AssetEvent(uri="s3://x", at=T0, source=TaskRef(run.dag_id, run.run_id, "a"))],
            next_due={spec.dag_id: T0 + timedelta(days=1)},
        )
    )
    day = Upcoming(T0, T0 + timedelta(days=1), T0 + timedelta(days=1))
    wish = Backfill(backfill_id=0, dag_id=spec.dag_id, first=T0, last=T0, created_at=T0)
    desk.store.create_backfill(wish, [BackfillSlot(0, day)])
    assert rows_by_table(desk.store)["backfill_slot"] == 1

    desk.commit(Batch(deleted_dags=[spec.dag_id, DagId("ghost")]))

    left = rows_by_table(desk.store)
    assert {name: count for name, count in left.items() if empty[name] != count and name != "fact"} == {"dag_file": 2}
    with pytest.raises(NotFound):
        desk.store.dag_row(spec.dag_id)
    with pytest.raises(NotFound):
        desk.store.run_row(run.key)
    (state,) = [state for state in desk.store.file_states() if state.file == "v.py"]
    assert (state.content_hash, state.dag_ids) == ("", ())

    assert desk.store.record_parse([a_file(changed, file="v.py", content="h2")], T0, paused_at_creation=True) == [
        spec.dag_id
    ]
    row = desk.store.dag_row(spec.dag_id)
    assert (row.is_paused, row.last_run, sum(row.run_counts.values())) == (True, None, 0)
    (seen,) = [state for state in desk.store.dag_states() if state.dag_id == spec.dag_id]
    assert seen.latest_scheduled is None


def test_D11_if_two_files_say_a_deleted_dag_both_are_read_again(desk: Desk) -> None:
    files = [a_file(a_version(desk.spec), file=name) for name in ("d.py", "e.py")]
    desk.store.record_parse(files, T0, paused_at_creation=False)
    assert len(desk.store.import_problems()) == 2
    desk.commit(Batch(deleted_dags=[desk.spec.dag_id]))
    assert [state.content_hash for state in desk.store.file_states()] == ["", ""]
    desk.store.record_parse(files, T0, paused_at_creation=False)
    assert desk.store.dag_row(desk.spec.dag_id).is_active
    assert len(desk.store.import_problems()) == 2


def test_a_run_that_is_opened_again_forgets_that_it_was_cancelled_and_one_that_goes_on_does_not(desk: Desk) -> None:
    run = desk.started()
    desk.store.request_cancel(run.key)
    desk.commit(Batch(run_updates=[RunUpdate(replace(run, reason="late"), RunState.RUNNING)]))
    assert desk.store.cancel_requests() == [run.key]
    ended = replace(run, state=RunState.FAILED, ended_at=T0, is_cancel_requested=True)
    desk.commit(Batch(run_updates=[RunUpdate(ended, RunState.RUNNING)]))
    queued = replace(run, state=RunState.QUEUED, started_at=None)
    desk.commit(Batch(run_updates=[RunUpdate(queued, RunState.FAILED)]))
    found = desk.store.run_row(run.key).run
    assert (found.state, found.ended_at, found.is_cancel_requested) == (RunState.QUEUED, None, False)


def test_a_mapped_instance_can_be_named(desk: Desk) -> None:
    mapped = Target(KEY, TaskKey(TaskId("a"), 3))
    number = desk.store.add_command(ClearTasks((mapped,)), "ada", T0)
    (stored,) = desk.store.commands(1)
    assert (stored.number, stored.command) == (number, ClearTasks((mapped,)))
