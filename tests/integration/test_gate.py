"""The supervisor's gate: no more attempts under way than slots, the others by priority, to be had back at any time."""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from jupyter_couture.executors.supervise import take_back
from jupyter_couture.model.intents import StartAttempt
from jupyter_couture.model.states import AttemptState
from jupyter_couture.runtime.places import ORDER, attempts_folder
from tests.supervisor_client import Client
from tests.workbench import Workbench, eventually

TASKS = """
import time
with dag:
    PythonOperator(task_id="noop", python_callable=lambda: None)
    PythonOperator(task_id="nap", python_callable=lambda: time.sleep(1.5))
"""


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workbench]:
    made = Workbench(tmp_path_factory.mktemp("home"), TASKS, kill_grace_seconds=1.0)
    yield made
    made.close()


def begin_nap(bench: Workbench, client: Client) -> StartAttempt:
    """Fill the only slot for a while."""
    start = bench.order("nap")
    client.supervise([start], slots=1)
    asyncio.run(eventually(lambda: bench.attempt(start).state is AttemptState.RUNNING))
    return start


@pytest.fixture
def client(bench: Workbench) -> Iterator[Client]:
    made = Client(bench)
    yield made
    made.close()


def files_of(bench: Workbench, start: StartAttempt) -> list[Path]:
    return list(attempts_folder(bench.settings).glob(f"{start.attempt_id}*"))


def test_what_has_no_slot_waits_and_the_heavier_goes_first(bench: Workbench, client: Client) -> None:
    nap = begin_nap(bench, client)
    light, heavy = (replace(bench.order("noop"), priority=priority) for priority in (1, 7))
    client.supervise([light, heavy], slots=1)
    time.sleep(0.3)
    assert {bench.attempt(start).state for start in (light, heavy)} == {AttemptState.DISPATCHING}
    assert files_of(bench, light) == []

    assert [client.end() for _ in range(3)] == [
        (nap.attempt_id, "success"),
        (heavy.attempt_id, "success"),
        (light.attempt_id, "success"),
    ]


def test_more_slots_let_more_pass_at_once(bench: Workbench, client: Client) -> None:
    nap = begin_nap(bench, client)
    held, new = bench.orders("noop", 2)
    client.supervise([held], slots=1)
    client.supervise([new], slots=3)

    assert {client.end(), client.end()} == {(held.attempt_id, "success"), (new.attempt_id, "success")}
    assert client.end() == (nap.attempt_id, "success")


def test_only_what_is_held_is_taken_back_and_it_may_be_asked_for_again(bench: Workbench, client: Client) -> None:
    nap = begin_nap(bench, client)
    held = bench.order("noop")
    client.supervise([held], slots=1)
    time.sleep(0.1)
    returned = take_back([nap.attempt_id, held.attempt_id, "nobody"], bench.settings.environ())

    assert returned == [held.attempt_id]
    assert client.end() == (held.attempt_id, "returned")
    assert bench.attempt(held).state is AttemptState.DISPATCHING
    client.supervise([held], slots=2)
    assert [client.end(), client.end()] == [(held.attempt_id, "success"), (nap.attempt_id, "success")]
    assert bench.facts(held) == ["AttemptStarted", "AttemptSucceeded"]


def test_what_is_cancelled_while_it_is_held_never_begins(bench: Workbench, client: Client) -> None:
    nap = begin_nap(bench, client)
    held = bench.order("noop")
    client.supervise([held], slots=1)
    client.cancel(held)

    assert client.end() == (held.attempt_id, "cancelled")
    assert client.end() == (nap.attempt_id, "success")
    assert bench.facts(held) == ["AttemptCancelled"]
    assert bench.log(held) == ""


def test_nothing_can_be_taken_back_where_no_supervisor_runs(tmp_path: Path) -> None:
    assert take_back(["any"], {"COUTURE_HOME": str(tmp_path)}) == []


def test_an_order_that_cannot_be_written_is_refused_and_the_next_one_passes(bench: Workbench, client: Client) -> None:
    bad, good = bench.orders("noop", 2)
    place = attempts_folder(bench.settings) / f"{bad.attempt_id}{ORDER}"
    place.mkdir()
    try:
        client.supervise([bad, good], slots=1)
        assert [client.end(), client.end()] == [(bad.attempt_id, "refused"), (good.attempt_id, "success")]
    finally:
        place.rmdir()
