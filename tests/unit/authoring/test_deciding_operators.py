"""Operators that decide: branches, short circuits, other DAGs, people; and values that travel."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

import jupyter_couture
from jupyter_couture import DAG, EmptyOperator, TaskGroup, operators, sensors, task, triggers
from jupyter_couture.authoring.compile import compile_dag
from jupyter_couture.authoring.context import attempt_scope
from jupyter_couture.authoring.mail import plain_text
from jupyter_couture.authoring.members import check_members
from jupyter_couture.authoring.operator import BaseOperator
from jupyter_couture.authoring.operators.approval import ApprovalOperator, InputBranchOperator, InputOperator, Rejected
from jupyter_couture.authoring.operators.branch import (
    BranchDateTimeOperator,
    BranchDayOfWeekOperator,
    BranchPythonOperator,
    LatestOnlyOperator,
    ShortCircuitOperator,
)
from jupyter_couture.authoring.operators.trigger_run import (
    ChildRunFailed,
    DagOperator,
    MemberPaused,
    TriggerDagRunOperator,
)
from jupyter_couture.authoring.portable import from_portable, to_portable
from jupyter_couture.authoring.statements import split_statements
from jupyter_couture.authoring.triggers.runs import RunEndTrigger
from jupyter_couture.authoring.triggers.trigger import path_of
from jupyter_couture.model.errors import (
    AwaitInput,
    Conflict,
    InvalidDag,
    InvalidRequest,
    NotFound,
    Skip,
    TaskDeferralTimeout,
    TaskDeferred,
)
from jupyter_couture.model.run import WAIT_TIMED_OUT, Resume
from tests.unit.authoring.attempts import CONTEXT, LOGICAL, StandInAttempt, execute

# --- branches ---------------------------------------------------------------------------------------------------------


def skipped_by(make: Callable[[], Any], **context: Any) -> list[str]:
    """The tasks that a branch before ``a``, ``b`` and the group ``g`` (``g.c``, ``g.d``) skips; ``end`` is last."""
    with DAG("d") as made:
        branch = make()
        a, b, end = EmptyOperator("a"), EmptyOperator("b"), EmptyOperator("end")
        with TaskGroup("g") as group:
            EmptyOperator("c")
            EmptyOperator("d")
        branch >> [a, b, group] >> end
        del made
    attempt = StandInAttempt()
    execute(branch, attempt, **context)
    return attempt.skips


@pytest.mark.parametrize(
    ("choice", "skipped"),
    [
        ("a", ["b", "g.c", "g.d"]),
        (["a", "b"], ["g.c", "g.d"]),
        ("g", ["a", "b"]),
        (None, ["a", "b", "g.c", "g.d"]),
        ([], ["a", "b", "g.c", "g.d"]),
    ],
)
def test_a_branch_skips_what_it_did_not_choose(choice: Any, skipped: list[str]) -> None:
    assert skipped_by(lambda: BranchPythonOperator("branch", python_callable=lambda: choice)) == skipped


@pytest.mark.parametrize("choice", ["end", "nobody", 7, ["a", 7]])
def test_a_branch_may_choose_only_tasks_right_after_it(choice: Any) -> None:
    with pytest.raises(InvalidRequest, match="branch 'branch'"):
        skipped_by(lambda: BranchPythonOperator("branch", python_callable=lambda: choice))


def test_a_branch_inside_a_group_may_leave_the_groups_name_out() -> None:
    with DAG("d"), TaskGroup("g"):

        @task.branch
        def choose() -> str:
            return "left"

        chosen = choose()
        chosen >> [EmptyOperator("left"), EmptyOperator("right")]
    attempt = StandInAttempt()
    operator = chosen.operator
    assert isinstance(operator, BaseOperator)
    assert execute(operator, attempt) == "left"
    assert attempt.skips == ["g.right"]


def test_a_short_circuit_skips_everything_behind_it_or_leaves_it_to_the_rules() -> None:
    whole = ["a", "b", "end", "g.c", "g.d"]
    direct = ["a", "b", "g.c", "g.d"]
    assert skipped_by(lambda: ShortCircuitOperator("s", python_callable=lambda: 0)) == whole
    assert skipped_by(lambda: ShortCircuitOperator("s", python_callable=lambda: 1)) == []
    lenient: dict[str, Any] = {"ignore_downstream_trigger_rules": False, "python_callable": lambda: None}
    assert skipped_by(lambda: ShortCircuitOperator("s", **lenient)) == direct


class Run:
    """A run as templates see it."""

    def __init__(self, run_type: str) -> None:
        self.run_type = run_type


@pytest.mark.parametrize(
    ("now", "run_type", "is_latest"),
    [
        (LOGICAL + timedelta(hours=1, minutes=30), "scheduled", True),
        (LOGICAL + timedelta(hours=2, minutes=1), "scheduled", False),
        (LOGICAL + timedelta(days=9), "manual", True),
    ],
)
def test_only_the_latest_scheduled_run_goes_on(now: datetime, run_type: str, is_latest: bool) -> None:
    with time_machine.travel(now, tick=False):
        skipped = skipped_by(
            lambda: LatestOnlyOperator("latest"),
            dag_run=Run(run_type),
            data_interval_end=LOGICAL + timedelta(hours=1),
        )
    assert skipped == ([] if is_latest else ["a", "b", "g.c", "g.d"])


@pytest.mark.parametrize(
    ("lower", "upper", "chosen"),
    [
        (LOGICAL - timedelta(hours=1), LOGICAL + timedelta(hours=1), "a"),
        (LOGICAL + timedelta(hours=1), None, "b"),
        (time(4), time(6), "a"),
        (time(22), time(6), "a"),
        (time(22), time(3), "b"),
    ],
)
def test_a_branch_by_date_and_time(lower: Any, upper: Any, chosen: str) -> None:
    def make() -> BranchDateTimeOperator:
        return BranchDateTimeOperator(
            "branch",
            target_lower=lower,
            target_upper=upper,
            follow_task_ids_if_true="a",
            follow_task_ids_if_false="b",
            use_task_logical_date=True,
        )

    assert chosen not in skipped_by(make)


def test_a_branch_by_day_of_the_week() -> None:
    options: dict[str, Any] = {
        "follow_task_ids_if_true": "a",
        "follow_task_ids_if_false": ["b", "g"],
        "use_task_logical_date": True,
    }
    assert "a" not in skipped_by(lambda: BranchDayOfWeekOperator("branch", week_day="wednesday", **options))
    assert skipped_by(lambda: BranchDayOfWeekOperator("branch", week_day={"monday"}, **options)) == ["a"]


# --- other DAGs -------------------------------------------------------------------------------------------------------


ON = {"member": {"is_paused": False, "task_ids": [], "group_ids": []}}


def conditionally_trigger(context: Any, dag_run_obj: Any) -> Any:
    """As the product description has it."""
    if not context["params"]["condition_param"]:
        return None
    dag_run_obj.payload = {"message": context["params"]["message"]}
    return dag_run_obj


def member(**options: Any) -> DagOperator:
    return DagOperator("section_1", run_dag_id="member", **options)


def test_S076_S077_S079_the_callable_sees_params_and_its_payload_becomes_the_conf() -> None:
    operator = member(python_callable=conditionally_trigger)
    attempt = StandInAttempt(dags=ON)
    with pytest.raises(TaskDeferred) as asked:
        execute(operator, attempt, params={"condition_param": True, "message": "Hi there!!"})
    assert attempt.made[0]["conf"] == {"message": "Hi there!!"}
    assert attempt.made[0]["is_awaited"]
    assert isinstance(asked.value.trigger, RunEndTrigger)
    assert asked.value.trigger.serialize()[1] == {"dag_id": "member", "run_id": "manual__now"}


def test_S078_a_callable_that_returns_none_makes_no_run_and_the_task_is_skipped() -> None:
    attempt = StandInAttempt(dags=ON)
    with pytest.raises(Skip):
        execute(member(python_callable=conditionally_trigger), attempt, params={"condition_param": False})
    lenient = member(python_callable=lambda context, dag_run_obj: None, skip_if_not_triggered=False)
    assert execute(lenient, attempt) is None
    assert attempt.made == []


def test_S080_a_paused_or_missing_member_is_said_at_once() -> None:
    attempt = StandInAttempt(dags={"member": {"is_paused": True}})
    with pytest.raises(MemberPaused, match="'member' is off"):
        execute(member(), attempt)
    with pytest.raises(NotFound, match="no DAG 'member'"):
        execute(member(), StandInAttempt())
    assert attempt.made == []


def test_S081_the_task_ends_as_the_run_of_its_member_does() -> None:
    def go_on(state: str | None) -> Any:
        with attempt_scope(StandInAttempt(), CONTEXT):
            event = {"dag_id": "member", "run_id": "r", "state": state}
            return member().resume(Resume("execute_complete", {"run_id": "r"}, event), CONTEXT)

    assert go_on("success") == "r"
    with pytest.raises(ChildRunFailed, match="ended as failed"):
        go_on("failed")
    with pytest.raises(ChildRunFailed, match="was deleted"):
        go_on(None)


def test_S083_a_member_that_is_the_dag_itself_is_refused_where_it_is_written() -> None:
    with pytest.raises(InvalidDag, match="its own DAG 'd'"), DAG("d"):
        DagOperator("loop", run_dag_id="d")


def test_S083_dags_of_one_file_that_would_run_each_other_are_refused_with_the_path() -> None:
    names = {"a": "b", "b": "c", "c": "a", "d": "a"}
    dags = {}
    for name, other in names.items():
        with DAG(name) as dags[name]:
            DagOperator("run", run_dag_id=other)
            TriggerDagRunOperator("start", trigger_dag_id=name)
    with pytest.raises(InvalidDag, match="b >> c >> a >> b"):
        check_members(dags["b"], dags)
    check_members(dags["d"], dags)


def test_S082_the_spec_says_which_dag_a_task_runs() -> None:
    with DAG("d") as made:
        member()
        TriggerDagRunOperator("t", trigger_dag_id="{{ params.which }}")
    assert [spec.child_dag for spec in compile_dag(made).tasks] == ["member", ""]


def test_a_triggered_run_has_the_id_date_and_conf_it_is_given() -> None:
    operator = TriggerDagRunOperator(
        "t", trigger_dag_id="other", trigger_run_id="mine", logical_date=LOGICAL, conf={"n": 1}
    )
    attempt = StandInAttempt()
    assert execute(operator, attempt) == "mine"
    wanted = {"dag_id": "other", "run_id": "mine", "logical_date": LOGICAL, "conf": {"n": 1}}
    assert attempt.made == [{**wanted, "is_awaited": False, "is_reset": False}]
    assert attempt.outputs["trigger_run_id"] == "mine"


def test_a_run_that_exists_is_a_conflict_a_reason_to_skip_or_to_do_it_again() -> None:
    attempt = StandInAttempt()
    attempt.taken_run_ids = {"mine"}
    wish: dict[str, Any] = {"trigger_dag_id": "other", "trigger_run_id": "mine"}
    with pytest.raises(Conflict):
        execute(TriggerDagRunOperator("t", **wish), attempt)
    with pytest.raises(Skip):
        execute(TriggerDagRunOperator("t", skip_when_already_exists=True, **wish), attempt)
    execute(TriggerDagRunOperator("t", reset_dag_run=True, **wish), attempt)
    assert attempt.made[0]["is_reset"]


# --- people -----------------------------------------------------------------------------------------------------------


def answered(operator: InputOperator, *options: str, by: str | None = "ada", **params: Any) -> tuple[Any, list[str]]:
    attempt = StandInAttempt()
    event = {"options": list(options), "by": by, "params": params}
    with attempt_scope(attempt, CONTEXT):
        return operator.resume(Resume("execute_complete", event=event), CONTEXT), attempt.skips


def test_an_approval_asks_and_goes_on_as_people_decide() -> None:
    with DAG("d"):
        gate = ApprovalOperator("gate", subject="Ship?", body="**Now**", assignees=["ada"], response_timeout=60)
        gate >> EmptyOperator("ship") >> EmptyOperator("tell", trigger_rule="all_done")
        hard = ApprovalOperator("hard", subject="Ship?", fail_on_reject=True)
    with pytest.raises(AwaitInput) as asked:
        execute(gate)
    assert asked.value.question["options"] == ["Approve", "Reject"]
    assert asked.value.question["assignees"] == ["ada"]
    assert asked.value.timeout == timedelta(seconds=60)
    assert answered(gate, "Approve")[1] == []
    assert answered(gate, "Reject")[1] == ["ship"]
    with pytest.raises(Rejected, match="ada rejected 'Ship\\?'"):
        answered(hard, "Reject")


def test_without_an_answer_the_defaults_decide_or_the_task_fails() -> None:
    late = Resume("execute_complete", error=f"{WAIT_TIMED_OUT} at noon")
    with attempt_scope(StandInAttempt(), CONTEXT):
        chosen = ApprovalOperator("gate", subject="?", defaults="Approve").resume(late, CONTEXT)
        assert chosen["chosen_options"] == ["Approve"]
        with pytest.raises(TaskDeferralTimeout, match="nobody answered"):
            ApprovalOperator("gate2", subject="?").resume(late, CONTEXT)


def test_people_may_choose_branches_and_fill_in_values() -> None:
    with DAG("d"):
        fork = InputBranchOperator("fork", subject="?", options=["Left", "b"], options_mapping={"Left": "a"})
        fork >> [EmptyOperator("a"), EmptyOperator("b")]
        entry = InputOperator("entry", subject="?", options=["OK"], params={"size": 3, "name": "x"})
    assert answered(fork, "Left")[1] == ["b"]
    value, _ = answered(entry, "OK", size=4)
    assert value["params_input"] == {"size": 4, "name": "x"}


@pytest.mark.parametrize(
    "options",
    [{"options": []}, {"options": ["a", "a"]}, {"options": ["a"], "defaults": "b"}],
)
def test_senseless_questions_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(InvalidDag):
        InputOperator("ask", subject="?", **options)


# --- values and texts -------------------------------------------------------------------------------------------------

PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text()
    | st.binary()
    | st.dates()
    | st.datetimes(timezones=st.just(UTC))
    | st.timedeltas(),
    lambda inner: st.lists(inner) | st.tuples(inner, inner) | st.dictionaries(st.text() | st.just("__kind__"), inner),
    max_leaves=8,
)


@given(PLAIN)
def test_portable_values_come_back_as_they_were(value: Any) -> None:
    assert from_portable(to_portable(value)) == value


def test_what_cannot_be_sent_is_named() -> None:
    assert from_portable(to_portable({"p": Path("/a"), "d": date(2026, 1, 2), "s": {1, 2}})) == {
        "p": Path("/a"),
        "d": date(2026, 1, 2),
        "s": {1, 2},
    }
    with pytest.raises(InvalidRequest, match=r"kwargs\.f is a function"):
        to_portable({"f": lambda: None}, "kwargs")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SELECT 1", ["SELECT 1"]),
        ("SELECT 1; SELECT ';' -- no; end\n; ", ["SELECT 1", "SELECT ';' -- no; end"]),
        ("/* a; b */ SELECT 1;\n-- only words;\n", ["/* a; b */ SELECT 1"]),
        ("CREATE FUNCTION f() AS $$ a; b $$; SELECT $t$;$t$", ["CREATE FUNCTION f() AS $$ a; b $$", "SELECT $t$;$t$"]),
        ("SELECT 'it''s; me'", ["SELECT 'it''s; me'"]),
        ("", []),
    ],
)
def test_statements_are_cut_at_semicolons_that_end_them(text: str, expected: list[str]) -> None:
    assert split_statements(text) == expected


def test_a_mail_has_its_text_without_tags() -> None:
    markup = "<style>p {color: red}</style><h1>Hi &amp; welcome</h1><p>One<br>two</p>"
    assert plain_text(markup) == "Hi & welcome\nOne\ntwo\n"


def test_all_names_of_the_catalogue_are_there() -> None:
    for module in (operators, sensors, triggers):
        for name in module.__all__:
            assert getattr(module, name).__name__ is not None
            assert getattr(jupyter_couture, name) is getattr(module, name)
    with pytest.raises(AttributeError, match="no attribute 'NoSuchOperator'"):
        _ = jupyter_couture.NoSuchOperator
    assert path_of(triggers.DateTimeTrigger) == "jupyter_couture.authoring.triggers.moments.DateTimeTrigger"
