"""The file beside the log of a try that says what the try used: ``<name of the log>.usage``.

JSON lines. An object begins an attempt of the try: a task that waits without a slot has several in one try, and all of
them are in one file. The lists after it are samples: seconds since the try began, CPU seconds, bytes, processes. Half a
last line is left out.
"""

import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from jupyter_couture.model.ids import RunKey, TaskKey
from jupyter_couture.model.usage import Usage, UsageSample
from jupyter_couture.runtime.logs import log_path

ENDING = ".usage"

_SAMPLE_FIELDS = 4


@dataclass(frozen=True, slots=True)
class Head:
    """Begins an attempt: ``began`` (seconds since 1970) of the try, and where in the try this attempt begins."""

    attempt_id: str
    began: float
    seconds: float = 0.0
    cpu_seconds: float = 0.0

    def line(self) -> bytes:
        """As it stands in the file."""
        return _line({"attempt": self.attempt_id, "began": self.began, "from": [self.seconds, self.cpu_seconds]})


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a file says: the head of its newest attempt, None if there is no file, and the samples of all of them."""

    head: Head | None
    samples: list[UsageSample]


def usage_path(log: str) -> str:
    """The file that belongs to a log."""
    return log.removesuffix(".log") + ENDING


def sample_line(sample: UsageSample) -> bytes:
    """A sample as it stands in the file."""
    return _line([sample.seconds, sample.cpu_seconds, sample.memory_bytes, sample.processes])


def append(path: str, data: bytes) -> None:
    """Add lines; raises ``FileNotFoundError`` if the folder is gone, as when the run was deleted."""
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o640)
    try:
        os.write(handle, data)
    finally:
        os.close(handle)


def replace_all(path: str, data: bytes) -> None:
    """Write the file anew; readers see the old one or the new one."""
    draft = f"{path}.{os.getpid()}"
    try:
        append(draft, data)
        os.replace(draft, path)  # noqa: PTH105  # paths are texts here
    finally:
        Path(draft).unlink(missing_ok=True)


def read_usage(path: str) -> Recorded:
    """What a file says so far."""
    try:
        data = Path(path).read_bytes()
    except FileNotFoundError:
        return Recorded(None, [])
    head: Head | None = None
    samples: list[UsageSample] = []
    for line in data.split(b"\n")[:-1]:
        try:
            found = json.loads(line)
            if isinstance(found, dict):
                head = Head(str(found["attempt"]), float(found["began"]), *map(float, found["from"]))
            elif len(found) == _SAMPLE_FIELDS:
                samples.append(UsageSample(float(found[0]), float(found[1]), int(found[2]), int(found[3])))
        except (ValueError, KeyError, TypeError):  # a disk that was full cuts lines
            continue
    return Recorded(head, samples)


class FileUsage:
    """Reads the files below ``logs_dir``; implements the ``UsageReader`` port."""

    def __init__(self, logs_dir: Path) -> None:
        self._folder = logs_dir

    def read(self, run: RunKey, task: TaskKey, try_number: int) -> Usage:
        """See ``ports.usage.UsageReader``."""
        found = read_usage(usage_path(str(log_path(self._folder, run, task, try_number))))
        if found.head is None:
            return Usage()
        return Usage(datetime.fromtimestamp(found.head.began, UTC), tuple(found.samples))


def _line(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode() + b"\n"
