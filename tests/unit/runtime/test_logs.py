"""Logs are capped when written, and read by offset without ever splitting a character."""

import os
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_couture.model.ids import DagId, RunId, RunKey, TaskId, TaskKey
from jupyter_couture.runtime.logs import FileLogs, LogSink, file_name, log_path

RUN = RunKey(DagId("d"), RunId("manual__2026-01-01T00:00:00+00:00"))
TASK = TaskKey(TaskId("load"))


def a_log(folder: Path, data: bytes, *, is_settled: bool = True) -> FileLogs:
    path = log_path(folder, RUN, TASK, 1)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    if is_settled:
        long_ago = time.time() - 60
        os.utime(path, (long_ago, long_ago))
    return FileLogs(folder)


def read_all(logs: FileLogs, limit: int) -> str:
    text, offset = "", 0
    while True:
        chunk = logs.read(RUN, TASK, 1, offset, limit)
        assert len(chunk.text.encode()) <= max(limit, 4) * 3  # a byte that is no UTF-8 becomes a character of three
        if chunk.next_offset == offset:
            return text
        text, offset = text + chunk.text, chunk.next_offset


def test_an_absent_log_is_an_empty_one(tmp_path: Path) -> None:
    logs = FileLogs(tmp_path)

    assert logs.read(RUN, TASK, 1, 0, 100).text == ""
    assert list(logs.stream(RUN, TASK, 1)) == []


@settings(max_examples=60)
@given(text=st.text(max_size=60), limit=st.integers(1, 20))
def test_a_log_read_in_pieces_of_any_size_is_the_whole_log(
    tmp_path_factory: pytest.TempPathFactory, text: str, limit: int
) -> None:
    logs = a_log(tmp_path_factory.getbasetemp() / "logs", text.encode())

    assert read_all(logs, limit) == text


@settings(max_examples=60)
@given(data=st.binary(max_size=60), limit=st.integers(4, 20))
def test_reading_bytes_that_are_no_text_comes_to_an_end(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, limit: int
) -> None:
    logs = a_log(tmp_path_factory.getbasetemp() / "logs", data)
    chunk = logs.read(RUN, TASK, 1, 0, limit)
    while chunk.next_offset < chunk.size_bytes:
        before = chunk.next_offset
        chunk = logs.read(RUN, TASK, 1, before, limit)
        assert chunk.next_offset > before


def test_a_character_that_is_still_being_written_is_waited_for(tmp_path: Path) -> None:
    half = "ends with €".encode()[:-1]
    fresh = a_log(tmp_path, half, is_settled=False).read(RUN, TASK, 1, 0, 100)
    settled = a_log(tmp_path, half).read(RUN, TASK, 1, 0, 100)

    assert (fresh.text, fresh.next_offset) == ("ends with ", 10)
    assert settled.next_offset == settled.size_bytes


def test_the_tail_of_a_log_begins_with_a_whole_character(tmp_path: Path) -> None:
    logs = a_log(tmp_path, "aé€𝄞z".encode())

    tails = [logs.read(RUN, TASK, 1, -size, 100).text for size in range(1, 12)]
    assert tails == ["z", "z", "z", "z", "𝄞z", "𝄞z", "𝄞z", "€𝄞z", "€𝄞z", "é€𝄞z", "aé€𝄞z"]


def test_an_offset_past_the_end_gives_nothing(tmp_path: Path) -> None:
    chunk = a_log(tmp_path, b"short").read(RUN, TASK, 1, 1000, 100)

    assert (chunk.text, chunk.next_offset, chunk.size_bytes) == ("", 5, 5)


def test_r29_a_log_ends_at_its_cap_with_a_line_that_says_so(tmp_path: Path) -> None:
    path = tmp_path / "runs" / "one.log"
    sink = LogSink(str(path), cap_bytes=1000)
    for _ in range(100):
        sink.write(b"x" * 99 + b"\n")
    sink.close()

    assert path.stat().st_size < 1100
    assert path.read_text().endswith("\n*** log capped at 1000 bytes ***\n")


def test_a_line_of_ours_begins_a_new_line(tmp_path: Path) -> None:
    path = tmp_path / "one.log"
    sink = LogSink(str(path), cap_bytes=1000)
    sink.write_line("first")
    sink.write(b"no newline")
    sink.write_line("last")
    sink.close()

    lines = path.read_text().splitlines()
    assert [line.rpartition(" - ")[2] for line in lines] == ["first", "no newline", "last"]


@pytest.mark.parametrize("name", ["a/b", "x" * 250, "é" * 200, "a~b", "..a", "100%"])
def test_any_id_becomes_a_file_name_of_its_own(name: str) -> None:
    other = file_name(name + "!")

    assert "/" not in file_name(name)
    assert len(file_name(name)) <= 200
    assert file_name(name) != other


def test_logs_of_mapped_tasks_and_tries_do_not_meet(tmp_path: Path) -> None:
    places = {
        log_path(tmp_path, RUN, TaskKey(TaskId(task_id), index), number)
        for task_id in ("a", "a+1", "a~1")
        for index in (-1, 0, 1)
        for number in (1, 11)
    }

    assert len(places) == 18
