"""Logs of attempts: where each one lies, how it is written with a cap, how it is read while it grows."""

import hashlib
import os
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from jupyter_couture.model.ids import NOT_MAPPED, RunKey, TaskKey
from jupyter_couture.ports.logs import LogChunk

_LONGEST_NAME = 200
_LOG_DATES = "%Y-%m-%dT%H:%M:%S"
_PIECE_BYTES = 256 * 1024
_SETTLED_SECONDS = 2.0
_CHARACTER_BYTES = 4


def file_name(text: str) -> str:
    """An id as a file name: percent-encoded, and shortened with a digest where file systems would refuse it."""
    name = quote(text, safe="@ ").replace("~", "%7E")
    if len(name) <= _LONGEST_NAME:
        return name
    return f"{name[:150]}~{hashlib.sha256(text.encode()).hexdigest()[:16]}"


def log_path(logs_dir: Path, run: RunKey, task: TaskKey, try_number: int) -> Path:
    """The file of one attempt's log: ``<dag>/<run>/<task>[+<map index>]~<try>.log``, one folder a run."""
    index = "" if task.map_index == NOT_MAPPED else f"+{task.map_index}"
    name = f"{file_name(task.task_id)}{index}~{try_number}.log"
    return logs_dir / file_name(run.dag_id) / file_name(run.run_id) / name


def log_line(text: str) -> bytes:
    """A line of our own for a log, in the form that records of the attempt's loggers have."""
    now = time.time()
    stamp = f"{time.strftime(_LOG_DATES, time.gmtime(now))}.{int(now * 1000) % 1000:03d}+00:00"
    return f"[{stamp}] {{couture}} INFO - {text}\n".encode("utf-8", "backslashreplace")


class LogSink:
    """Writes one log; after ``cap_bytes`` it writes one line that says so, and drops the rest."""

    def __init__(self, path: str, cap_bytes: int) -> None:
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
        try:
            self.handle = os.open(path, flags, 0o640)
        except FileNotFoundError:
            os.makedirs(os.path.dirname(path), exist_ok=True)  # noqa: PTH103,PTH120  # once per task, in the hot path
            self.handle = os.open(path, flags, 0o640)
        self._cap = cap_bytes
        self._is_at_line_start = True
        self._room = cap_bytes - os.fstat(self.handle).st_size

    def write(self, data: bytes) -> None:
        """Append. A full disk loses log lines, never the attempt."""
        if self._room <= 0:
            return
        part = data[: self._room]
        self._is_at_line_start = data.endswith(b"\n")
        self._room -= len(part)
        try:
            while part:
                part = part[os.write(self.handle, part) :]
            if self._room <= 0:
                os.write(self.handle, f"\n*** log capped at {self._cap} bytes ***\n".encode())
        except OSError:
            self._room = 0

    def close(self) -> None:
        """Close the file."""
        os.close(self.handle)

    def write_line(self, text: str) -> None:
        """Append a line of our own; begins a new line if the last one was not ended."""
        self.write((b"" if self._is_at_line_start else b"\n") + log_line(text))


class FileLogs:
    """Reads logs from ``logs_dir``; implements the ``LogReader`` port."""

    def __init__(self, logs_dir: Path) -> None:
        self._folder = logs_dir

    def read(self, run: RunKey, task: TaskKey, try_number: int, offset: int, limit_bytes: int) -> LogChunk:
        """See ``ports.logs.LogReader``."""
        try:
            handle = os.open(log_path(self._folder, run, task, try_number), os.O_RDONLY)
        except FileNotFoundError:
            return LogChunk(text="", offset=0, next_offset=0, size_bytes=0)
        try:
            return _read_chunk(handle, offset, max(limit_bytes, _CHARACTER_BYTES))
        finally:
            os.close(handle)

    def stream(self, run: RunKey, task: TaskKey, try_number: int) -> Iterator[bytes]:
        """See ``ports.logs.LogReader``."""
        try:
            handle = os.open(log_path(self._folder, run, task, try_number), os.O_RDONLY)
        except FileNotFoundError:
            return
        try:
            while piece := os.read(handle, _PIECE_BYTES):
                yield piece
        finally:
            os.close(handle)


def _read_chunk(handle: int, offset: int, limit: int) -> LogChunk:
    status = os.fstat(handle)
    size = status.st_size
    start = min(offset, size) if offset >= 0 else max(0, size + offset)
    data = os.pread(handle, min(limit, size - start), start)
    if offset < 0 and start > 0:
        cut = _continuation_bytes(data)
        data, start = data[cut:], start + cut
    is_at_end = start + len(data) >= size
    is_settled = time.time() - status.st_mtime > _SETTLED_SECONDS
    if not (is_at_end and is_settled):
        data = data[: len(data) - _open_character(data)]
    return LogChunk(text=data.decode("utf-8", "replace"), offset=start, next_offset=start + len(data), size_bytes=size)


def _continuation_bytes(data: bytes) -> int:
    """How many bytes at the start belong to a character that began before."""
    return next((at for at, byte in enumerate(data[:3]) if byte & 0xC0 != 0x80), min(3, len(data)))


def _open_character(data: bytes) -> int:
    """How many bytes at the end begin a character that is not complete."""
    for back in range(1, min(_CHARACTER_BYTES, len(data)) + 1):
        byte = data[-back]
        if byte & 0xC0 == 0x80:
            continue
        needed = 4 if byte >= 0xF0 else 3 if byte >= 0xE0 else 2 if byte >= 0xC0 else 1
        return back if needed > back else 0
    return 0
