"""The nouns: ids, states, graphs, errors and their JSON."""

import inspect
import pickle
import random
from dataclasses import fields, replace
from datetime import UTC, datetime
from typing import Any

import pytest

from jupyter_couture.model import errors, ids
from jupyter_couture.model.codec import from_document, from_json, to_document, to_json
from jupyter_couture.model.dag import DagSpec, Json, TaskKind, TaskSpec
from jupyter_couture.model.errors import (
    CoutureError,
    DagCycle,
    IllegalTransition,
    InvalidDag,
    InvalidId,
    InvalidRequest,
)
from jupyter_couture.model.facts import AttemptFailed
from jupyter_couture.model.graph import find_cycle, leaves, reachable, topological_order
from jupyter_couture.model.ids import AttemptId, DagId, RunKey, TaskId, TaskKey
from jupyter_couture.model.policy import RetryPolicy, Schedule, ScheduleKind
from jupyter_couture.model.run import AttemptError, DagRun, TaskInstance, altered
from jupyter_couture.model.states import (
    ATTEMPT_TRANSITIONS,
    OPEN_ATTEMPT_STATES,
    RUN_TRANSITIONS,
    TASK_TRANSITIONS,
    TERMINAL_RUN_STATES,
    TERMINAL_TASK_STATES,
    RunEvent,
    RunState,
    TaskEvent,
    TaskState,
    next_run_state,
    next_task_state,
)
from tests.builders import a_dag, a_run, a_task, random_dag


def test_only_an_order_of_a_user_or_a_shorter_map_leads_out_of_a_terminal_state() -> None:
    leaving = {event for (state, event) in TASK_TRANSITIONS if state in TERMINAL_TASK_STATES}
    marks = {TaskEvent.MARKED_SUCCESS, TaskEvent.MARKED_FAILED}
    assert leaving == {TaskEvent.CLEARED, TaskEvent.FORCED, TaskEvent.REMOVED} | marks
    of_runs = {event for (state, event) in RUN_TRANSITIONS if state in TERMINAL_RUN_STATES}
    assert of_runs == {RunEvent.CLEARED, RunEvent.SUCCEEDED, RunEvent.FAILED}
    assert all(state in OPEN_ATTEMPT_STATES for (state, _) in ATTEMPT_TRANSITIONS)


def test_a_refused_transition_names_task_state_event_and_story() -> None:
    with pytest.raises(IllegalTransition, match=r"'load' in state success cannot take started \(run d/r\)"):
        next_task_state(TaskState.SUCCESS, TaskEvent.STARTED, task="load", story="run d/r")
    with pytest.raises(IllegalTransition):
        next_run_state(RunState.SUCCESS, RunEvent.STARTED, run="d/r")


@pytest.mark.parametrize("text", ["a", "A-b_c.9", "größe", "任務", "x" * 250])
def test_good_ids_are_kept(text: str) -> None:
    assert ids.dag_id(text) == text
    assert ids.task_id(text) == text


@pytest.mark.parametrize("text", ["", ".", "..", "a/b", "a b", "x" * 251, "a\n", "<b>", "a%2f", "\u202ea"])
def test_bad_ids_are_refused_with_the_rule(text: str) -> None:
    with pytest.raises(InvalidId, match="dag_id"):
        ids.dag_id(text)


def test_ids_are_normalised() -> None:
    assert ids.dag_id("e\u0301") == "\u00e9"


def test_a_run_id_may_hold_a_time_stamp() -> None:
    assert ids.run_id("manual__2026-11-22T12:00:00.000000+00:00")


def _errors() -> list[type[CoutureError]]:
    return [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, CoutureError)]


_FIELDS: dict[str, object] = {
    name: name
    for name in [
        "what",
        "value",
        "rule",
        "dag_id",
        "upstream",
        "downstream",
        "task_id",
        "field",
        "message",
        "holder",
        "fence",
        "user",
        "action",
        "resource",
        "id",
        "expected",
        "actual",
        "state",
        "event",
        "story",
    ]
} | {"path": ("a", "b", "a")}


@pytest.mark.parametrize("kind", _errors())
def test_every_error_survives_pickling_and_has_a_hint(kind: type[CoutureError]) -> None:
    error = kind(**_FIELDS)
    copy = pickle.loads(pickle.dumps(error))
    assert (type(copy), copy.fields, str(copy)) == (kind, error.fields, str(error))
    assert error.hint


def test_every_error_stands_in_the_drawn_tree() -> None:
    drawn = inspect.getdoc(errors) or ""
    assert [kind.__name__ for kind in _errors() if kind.__name__ not in drawn] == []


def test_task_signals_survive_pickling() -> None:
    copy = pickle.loads(pickle.dumps(errors.RetryLater("later", 5.0)))
    assert (copy.message, copy.delay_seconds) == ("later", 5.0)


def test_a_cycle_is_named_as_a_path() -> None:
    """S052."""
    with pytest.raises(DagCycle, match="b >> c >> b"):
        a_dag(a_task("a"), a_task("b", "a", "c"), a_task("c", "b"))


def test_a_missing_upstream_task_is_named() -> None:
    with pytest.raises(InvalidDag, match="'b' waits for 'x'"):
        a_dag(a_task("b", "x"))


@pytest.mark.parametrize("seed", range(30))
def test_order_and_reach_agree_with_a_plain_search(seed: int) -> None:
    spec = random_dag(random.Random(seed), 12)
    order = topological_order(spec.upstream)
    place = {name: number for number, name in enumerate(order)}
    assert all(place[up] < place[down] for up, down in spec.edges)
    assert find_cycle(spec.upstream) == ()
    ends = {name for name in order if not any(up == name for up, _ in spec.edges)}
    assert set(leaves(spec.upstream)) == ends
    for name in order:
        expected: set[str] = set()
        frontier = {name}
        while frontier:
            frontier = {up for up, down in spec.edges if down in frontier} - expected
            expected |= frontier
        assert reachable(spec.upstream, [name]) == expected


def test_a_chain_of_ten_thousand_needs_no_recursion() -> None:
    spec = a_dag(a_task("t0"), *(a_task(f"t{number}", f"t{number - 1}") for number in range(1, 10_000)))
    assert topological_order(spec.upstream)[-1] == "t9999"


def _rich_spec() -> DagSpec:
    return DagSpec(
        dag_id=ids.dag_id("d"),
        tasks=(a_task("a"), a_task("b", "a", retries=2)),
        schedule=Schedule(ScheduleKind.CRON, "@daily", "0 0 * * *"),
        start_date=datetime(2026, 1, 1, tzinfo=UTC),
        tags=("x", "y"),
        params={"n": 1, "deep": {"list": [1, None, "é"]}},
        run_timeout_seconds=5.0,
    )


def test_specs_and_runs_come_back_from_json_as_they_were() -> None:
    spec = _rich_spec()
    assert from_document(DagSpec, to_document(spec)) == spec
    run = a_run(spec)
    assert from_json(DagRun, to_json(run)) == run


def test_facts_come_back_from_json_as_they_were() -> None:
    fact = AttemptFailed(
        attempt_id=AttemptId("a"),
        run_key=RunKey(ids.dag_id("d"), ids.run_id("r")),
        task_key=TaskKey(ids.task_id("t"), 3),
        at=datetime(2026, 1, 1, tzinfo=UTC),
        error=AttemptError("E", "m"),
    )
    assert from_json(AttemptFailed, to_json(fact)) == fact


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"type": "Other"}, "expected DagSpec"),
        ({"format": 99}, "newer"),
        ({"value": {"dag_id": "d", "surprise": 1}}, "surprise"),
        ({"value": {"dag_id": 5}}, "expected str"),
        ({"value": {"dag_id": "d", "catchup": 1}}, "expected bool"),
    ],
)
def test_a_document_that_does_not_fit_is_refused_by_name(change: dict[str, Json], message: str) -> None:
    with pytest.raises(InvalidRequest, match=message):
        from_document(DagSpec, {**to_document(_rich_spec()), **change})


def test_policies_refuse_nonsense() -> None:
    with pytest.raises(InvalidDag):
        RetryPolicy(retries=-1)
    with pytest.raises(InvalidDag):
        RetryPolicy(delay_seconds=-1)
    with pytest.raises(InvalidDag):
        Schedule(ScheduleKind.INTERVAL, "0", interval_seconds=0)
    with pytest.raises(InvalidDag):
        Schedule(ScheduleKind.CRON, "")


def test_an_altered_task_instance_is_what_replace_makes_of_it() -> None:
    changes: dict[str, Any] = {each.name: f"new {each.name}" for each in fields(TaskInstance)}
    task = TaskInstance(TaskKey(TaskId("a"), 3), TaskState.RUNNING, 2, label="gamma", skips=("b",))
    for name, value in changes.items():
        assert altered(task, **{name: value}) == replace(task, **{name: value})
    assert altered(task, **changes) == replace(task, **changes)
    assert altered(task) == task
    with pytest.raises(KeyError):
        altered(task, colour="blue")


def test_heavy_tasks_take_their_turn_first_then_in_the_authors_order() -> None:
    weights = {"a": 1, "b": 5, "c": 1, "d": 5}
    tasks = tuple(
        TaskSpec(TaskId(name), "X", TaskKind.PYTHON, priority_weight=weight) for name, weight in weights.items()
    )
    assert DagSpec(DagId("d"), tasks).turns == {"b": 0, "d": 1, "a": 2, "c": 3}
