"""Logs over HTTP: by byte offset, while they grow, whatever is in them, however long they are."""

import asyncio
import gc
import time
from pathlib import Path

import psutil
import pytest
from tornado.httpclient import HTTPError

from jupyter_couture.model.ids import AttemptId, RunKey
from jupyter_couture.model.states import AttemptState
from tests.server.conftest import Answer, Ask
from tests.server.yard import Yard, etl

MIB = 1024 * 1024


class Case:
    """A DAG with a running attempt at ``extract`` and its log."""

    def __init__(self, yard: Yard, ask: Ask) -> None:
        self.yard = yard
        self.ask = ask
        self.key: RunKey = yard.add_run(yard.add_dag(etl()), "r1", {})
        self.attempt: AttemptId = yard.add_attempt(self.key, "extract")
        self.path: Path = yard.log(self.key, "extract")

    def append(self, data: bytes) -> None:
        """The attempt says more."""
        with self.path.open("ab") as log:
            log.write(data)

    def end(self) -> None:
        """The attempt ends."""
        self.yard.finish(self.attempt, self.key, "extract", AttemptState.SUCCESS)

    async def read(self, **options: object) -> Answer:
        """``GET …/log``."""
        params = {name: str(value) for name, value in options.items()}
        return await self.ask(
            "dags", "etl", "runs", "r1", "tasks", "extract", "attempts", "1", "log", params=params, request_timeout=40
        )


@pytest.fixture
def case(yard: Yard, ask: Ask) -> Case:
    """A running attempt."""
    return Case(yard, ask)


async def test_a_log_that_is_not_there_yet_is_empty_and_not_complete(case: Case) -> None:
    assert (await case.read()).json == {"text": "", "offset": 0, "next_offset": 0, "size": 0, "complete": False}


async def test_a_log_is_read_on_from_where_the_last_read_ended(case: Case) -> None:
    """S173: offset, size and end-of-log."""
    case.append(b"one\n")
    first = (await case.read()).json
    assert first == {"text": "one\n", "offset": 0, "next_offset": 4, "size": 4, "complete": False}
    case.append(b"two\n")
    second = (await case.read(offset=first["next_offset"])).json
    assert (second["text"], second["next_offset"], second["complete"]) == ("two\n", 8, False)
    case.end()
    assert (await case.read(offset=8)).json == {
        "text": "", "offset": 8, "next_offset": 8, "size": 8, "complete": True,
    }  # fmt: skip


async def test_a_waiting_read_returns_as_soon_as_the_log_grows(case: Case) -> None:
    await case.read()
    began = time.perf_counter()
    reading = asyncio.create_task(case.read(wait=10))
    await asyncio.sleep(0.3)
    case.append("später ✓\n".encode())
    found = (await reading).json
    assert found["text"] == "später ✓\n"
    assert time.perf_counter() - began < 2


async def test_a_waiting_read_returns_as_soon_as_the_attempt_ends(case: Case) -> None:
    case.append(b"x")
    reading = asyncio.create_task(case.read(offset=1, wait=10))
    await asyncio.sleep(0.2)
    case.end()
    assert (await asyncio.wait_for(reading, 3)).json["complete"] is True


async def test_a_waiting_read_gives_up_in_time(case: Case) -> None:
    began = time.perf_counter()
    assert (await case.read(wait=0.5)).json["complete"] is False
    assert 0.4 < time.perf_counter() - began < 3


async def test_waiting_readers_do_not_keep_others_from_being_served(case: Case) -> None:
    waiting = [asyncio.create_task(case.read(wait=5)) for _ in range(8)]
    await asyncio.sleep(0.3)
    began = time.perf_counter()
    assert (await case.ask("me")).status == 200
    assert time.perf_counter() - began < 1
    case.append(b"go")
    assert all([(await each).json["text"] == "go" for each in waiting])


async def test_a_reader_that_leaves_while_it_waits_is_no_fault(case: Case, caplog: pytest.LogCaptureFixture) -> None:
    parts = ("dags", "etl", "runs", "r1", "tasks", "extract", "attempts", "1", "log")
    with pytest.raises(HTTPError):
        await case.ask(*parts, params={"wait": "1"}, request_timeout=0.3)
    await asyncio.sleep(1.2)
    assert (await case.read()).status == 200
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


async def test_following_a_growing_log_gives_every_byte_once_and_in_order(case: Case) -> None:
    async def write() -> None:
        for number in range(200):
            await asyncio.to_thread(case.append, f"line {number} — ünïcode\n".encode())
        case.end()

    writing = asyncio.create_task(write())
    text, offset, is_complete = "", 0, False
    while not is_complete:
        part = (await case.read(offset=offset, limit=101, wait=5)).json
        assert part["offset"] == offset
        text, offset, is_complete = text + part["text"], part["next_offset"], part["complete"]
    await writing
    assert text == "".join(f"line {number} — ünïcode\n" for number in range(200))


async def test_bytes_that_are_no_text_come_as_replacement_characters(case: Case) -> None:
    case.append(bytes(range(256)) * 4)
    case.end()
    first = (await case.read()).json
    rest = (await case.read(offset=first["next_offset"], wait=10)).json
    assert rest["size"] == rest["next_offset"] == 1024
    assert rest["complete"] is True
    text = first["text"] + rest["text"]
    assert "\x00" in text
    assert text.endswith("\ufffd")


async def test_a_negative_offset_counts_from_the_end(case: Case) -> None:
    case.append(b"0123456789")
    found = (await case.read(offset=-4)).json
    assert (found["text"], found["offset"]) == ("6789", 6)
    assert (await case.read(offset=-100)).json["offset"] == 0


async def test_an_attempt_that_was_not_made_has_an_empty_log(case: Case) -> None:
    answer = await case.ask("dags", "etl", "runs", "r1", "tasks", "load", "attempts", "1", "log")
    assert (answer.status, answer.json["text"], answer.json["complete"]) == (200, "", False)


async def test_a_hundred_megabytes_are_served_without_being_held(case: Case, ask: Ask) -> None:
    """S173: reads and the download stay small in memory; what arrives is what was written."""
    line = b"a line of one hundred bytes that is repeated a million times, so that the log is long " + b"." * 13
    with case.path.open("wb") as log:
        for _ in range(100):
            log.write(line * 10_486)
    size = case.path.stat().st_size
    assert size > 100_000_000
    process = psutil.Process()
    await case.read()
    gc.collect()
    before = process.memory_info().rss
    middle = (await case.read(offset=size // 2, limit=MIB)).json
    assert (middle["next_offset"] - middle["offset"], middle["size"]) == (MIB, size)
    tail = (await case.read(offset=-65_536)).json
    assert tail["next_offset"] == size
    received = 0

    def count(piece: bytes) -> None:
        nonlocal received
        received += len(piece)

    parts = ("dags", "etl", "runs", "r1", "tasks", "extract", "attempts", "1", "log", "download")
    answer = await ask(*parts, streaming_callback=count, request_timeout=60)
    assert received == size
    assert answer.headers["Content-Type"] == "text/plain; charset=UTF-8"
    assert answer.headers["Content-Disposition"] == "attachment; filename*=UTF-8''etl.extract.1.log"
    assert process.memory_info().rss - before < 48 * MIB
