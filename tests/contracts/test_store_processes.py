"""Several processes on one database: no update is lost, one leads, and a killed writer leaves nothing half."""

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from jupyter_couture.model.records import FeedEvent
from jupyter_couture.store import SqlStore
from tests.contracts.store_desk import Desk, key_of
from tests.contracts.store_worker import ENTRIES

ROOT = Path(__file__).parents[2]


@pytest.fixture
def shared(store_url: str) -> Iterator[Desk]:
    """A desk at a store that other processes may open."""
    store = SqlStore.open(store_url)
    yield Desk.at(store)
    store.close()


def _worker(url: str, *job: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.contracts.store_worker", url, *job],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


def _together(url: str, *jobs: tuple[str, ...]) -> list[object]:
    """Run jobs in one process each, from the same moment on; what they say."""
    workers = [_worker(url, *job) for job in jobs]
    for worker in workers:
        assert worker.stdin is not None
        worker.stdin.write("go\n")
        worker.stdin.flush()
    answers = [worker.communicate(timeout=100)[0] for worker in workers]
    assert [worker.returncode for worker in workers] == [0] * len(jobs)
    return [json.loads(answer) for answer in answers]


def _feed(store: SqlStore) -> list[FeedEvent]:
    return list(store.feed_after(0, 100_000).events)


def test_four_processes_with_two_hundred_updates_each_lose_none(shared: Desk, store_url: str) -> None:
    shared.dispatched(shared.started(), ("a",))
    first = shared.store.feed_position()[1]
    _together(store_url, *(("say", f"w{number}", "200") for number in range(4)))
    events = shared.store.feed_after(first, 1000).events
    assert [event.seq for event in events] == list(range(first + 1, first + 801))
    for number in range(4):
        done = [event.entry.data["done"] for event in events if event.entry.data["label"] == f"w{number}"]
        assert done == list(range(200))


def test_a_reader_never_sees_a_number_before_a_smaller_one(shared: Desk, store_url: str) -> None:
    shared.dispatched(shared.started(), ("a",))
    cursor = shared.store.feed_position()[1]
    end = cursor + 300
    workers = [_worker(store_url, "say", f"w{number}", "100") for number in range(3)]
    for worker in workers:
        assert worker.stdin is not None
        worker.stdin.write("go\n")
        worker.stdin.flush()
    while cursor < end:
        page = shared.store.feed_after(cursor, 1000)
        assert [event.seq for event in page.events] == list(range(cursor + 1, cursor + 1 + len(page.events)))
        cursor += len(page.events)
        assert all(worker.poll() in (None, 0) for worker in workers)
    for worker in workers:
        worker.communicate(timeout=30)


def test_R25_each_start_is_won_by_one_of_the_processes_that_race_for_it(shared: Desk, store_url: str) -> None:
    names = [f"t{number}" for number in range(200)]
    wide = Desk.at(shared.store, *names, dag_id="wide")
    wide.dispatched(wide.started(), names)
    wins = _together(store_url, *(("race", f"host:{number}") for number in range(3)))
    assert sum(int(str(number)) for number in wins) == 200
    assert wide.fact_count() == 200
    assert len(wide.store.running_of("host:")) == 200


def test_R16_processes_lead_one_after_the_other_and_write_in_the_order_of_their_fences(
    shared: Desk, store_url: str
) -> None:
    lease = shared.store.current_lease()
    assert lease is not None
    shared.store.release_lease(lease)
    answers = _together(store_url, *(("lead", f"p{number}", "15") for number in range(3)))
    fences = [int(str(fence)) for answer in answers if isinstance(answer, list) for fence in answer]
    assert len(set(fences)) == 45
    told = [event.entry.data["fence"] for event in _feed(shared.store) if event.entry.kind == "engine.state"]
    assert told == sorted(fences)


def test_a_writer_that_is_killed_leaves_no_half_batch(shared: Desk, store_url: str) -> None:
    run = shared.started()
    rng = random.Random(7)
    kills = 5
    for _ in range(kills):
        worker = _worker(store_url, "write", str(shared.fence))
        assert worker.stdin is not None
        assert worker.stdout is not None
        worker.stdin.write("go\n")
        worker.stdin.flush()
        assert worker.stdout.readline() == "ready\n"
        time.sleep(rng.uniform(0.01, 0.1))
        worker.send_signal(signal.SIGKILL)
        worker.communicate(timeout=30)
    time.sleep(0.3)  # a server may still be at the last commit of its killed client
    task = shared.store.task_row(run.key, key_of("a")).task
    numbers = [event.entry.data["number"] for event in _feed(shared.store) if "number" in event.entry.data]
    assert task.try_number >= kills
    assert numbers == [number for number in range(1, task.try_number + 1) for _ in range(ENTRIES)]
    if store_url.startswith("sqlite"):
        with sqlite3.connect(store_url.removeprefix("sqlite:///")) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        connection.close()
