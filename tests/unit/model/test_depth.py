"""How deeply values of users may be nested, wherever they come in."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from jupyter_couture.authoring.wishes import check_conf
from jupyter_couture.executors.jobs import new_job, order_of
from jupyter_couture.model.codec import to_document
from jupyter_couture.model.dag import Json
from jupyter_couture.model.depth import MAX_DEPTH, is_too_deep
from jupyter_couture.model.errors import InvalidRequest
from jupyter_couture.model.states import AttemptState
from jupyter_couture.runtime.lines import LineBuffer
from jupyter_couture.settings import Settings
from jupyter_couture.store.ledger import fact_of
from tests.builders import World, a_dag, a_task


def nested(levels: int) -> dict[str, Json]:
    """Objects and lists within each other."""
    value: Json = "in the end"
    for number in range(levels - 1):
        value = [value] if number % 2 else {"a": value}
    return {"a": value}


def test_the_depth_of_a_value_is_measured_however_deep_it_is() -> None:
    assert not is_too_deep("text")
    assert not is_too_deep(nested(MAX_DEPTH))
    assert is_too_deep(nested(MAX_DEPTH + 1))
    assert is_too_deep(nested(100 * sys.getrecursionlimit()))


def test_a_conf_that_the_engine_could_not_hand_out_is_refused() -> None:
    """One run of one user must not end the engine: a conf is written into every order of its run."""
    spec = a_dag(a_task("a"))
    check_conf(spec, nested(MAX_DEPTH))
    with pytest.raises(InvalidRequest, match="100 levels"):
        check_conf(spec, nested(400))


@pytest.mark.parametrize(
    "said",
    [
        {"state": "success", "assets": {"file": nested(400)}},
        {"state": "success", "assets": {"file": nested(100_000)}},
        {"state": "deferred", "wait": {"wait_id": "w", "kind": "trigger", "method": "m", "kwargs": nested(400)}},
    ],
)
def test_an_attempt_that_leaves_behind_what_nobody_could_read_has_failed(tmp_path: Path, said: dict[str, Any]) -> None:
    job = new_job(Settings.load({}, home=str(tmp_path)), order_of(_a_start()), "host:1")
    job.said["result"] = said
    found = job.outcome(datetime(2026, 1, 1, tzinfo=UTC))
    assert found.state is AttemptState.FAILED
    assert found.error is not None
    assert "100 levels" in found.error.message
    assert to_document(fact_of(found))


@pytest.mark.parametrize(("said", "kept"), [(3, 3), (2**31, 2**31 - 1), (2**70, 2**31 - 1), (-1, None), (True, None)])
def test_the_length_of_a_value_is_one_that_every_database_takes(tmp_path: Path, said: int, kept: int | None) -> None:
    job = new_job(Settings.load({}, home=str(tmp_path)), order_of(_a_start()), "host:1")
    job.said["result"] = {"state": "success", "map_length": said}
    assert job.outcome(datetime(2026, 1, 1, tzinfo=UTC)).map_length == kept


@pytest.mark.parametrize(
    "said",
    [
        {"state": "deferred", "wait": {"wait_id": "w", "kind": "trigger", "method": "m", "kwargs": ["no", "names"]}},
        {"state": "failed", "error": ["no", "error"]},
        {"state": "failed", "error": {"type": ["T"], "message": {}}},
        {"state": ["no", "state"], "skips": {}, "assets": 1, "map_length": "3", "retry_after_seconds": "soon"},
        ["no", "result"],
    ],
)
def test_nothing_that_a_payload_says_at_its_end_troubles_the_supervisor(tmp_path: Path, said: Any) -> None:
    """User code can reach the pipe on which it is said."""
    job = new_job(Settings.load({}, home=str(tmp_path)), order_of(_a_start()), "host:1")
    job.said["result"] = said
    job.end = {"status": 0}
    assert job.outcome(datetime(2026, 1, 1, tzinfo=UTC)).state is AttemptState.FAILED


def test_a_line_that_is_nested_too_deeply_is_dropped_like_any_that_cannot_be_read() -> None:
    buffer = LineBuffer()
    bad = b"[" * 100_000 + b"]" * 100_000
    assert buffer.feed(b'{"a": ' + bad + b'}\n{"b": 1}\n') == [{"b": 1}]
    assert buffer.dropped == 1


def _a_start() -> Any:
    world = World.of(a_dag(a_task("a")))
    world.trigger(next(iter(world.dags.values())).spec)
    return world.step().starts[0]
