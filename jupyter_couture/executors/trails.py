"""The samples of one try as they come in: what was used before, peaks, and the file."""

import time

from jupyter_couture.decisions.sampling import thinned
from jupyter_couture.executors.gauges import Gauge
from jupyter_couture.model.usage import UsageSample
from jupyter_couture.runtime.usage_files import Head, append, read_usage, replace_all, sample_line, usage_path

_NOTHING = UsageSample(0.0, 0.0, 0, 0)


class Trail:
    """The samples of a try, in memory and in its file; goes on where a supervisor before us, or an attempt, ended."""

    def __init__(self, log: str, attempt_id: str, age_seconds: float) -> None:
        self.next_at = 0.0  # when to measure again, monotonic seconds
        self.peak_memory_bytes = 0
        self._path = usage_path(log)
        self._unwritten = b""
        self._carried = 0.0
        known = read_usage(self._path)
        self._samples = known.samples
        if known.head is not None and known.head.attempt_id == attempt_id:
            self._head = known.head
            own = (each.memory_bytes for each in known.samples if each.seconds > known.head.seconds)
            self.peak_memory_bytes = max(own, default=0)
        else:
            self._begin(attempt_id, time.time() - age_seconds, known.head)

    def _begin(self, attempt_id: str, began: float, before: Head | None) -> None:
        if before is None:
            self._head = Head(attempt_id, round(began, 3))
            self._unwritten = self._head.line()
            return
        last = self._last()
        since = round(max(last.seconds, began - before.began), 1)
        self._head = Head(attempt_id, before.began, since, last.cpu_seconds)
        self._unwritten = self._head.line()
        self._keep(UsageSample(since, last.cpu_seconds, 0, 0))  # between two attempts of a try nothing of it runs

    @property
    def cpu_seconds(self) -> float:
        """Of this attempt so far."""
        return max(0.0, self._last().cpu_seconds - self._head.cpu_seconds)

    def add(self, age_seconds: float, gauge: Gauge) -> None:
        """Write a sample down; raises ``OSError``."""
        last = self._last()
        measured = self._head.cpu_seconds + gauge.cpu_seconds + self._carried
        self._carried += max(0.0, last.cpu_seconds - measured)  # of children that left the tree
        self._keep(
            UsageSample(
                seconds=max(last.seconds, round(self._head.seconds + age_seconds, 1)),
                cpu_seconds=round(max(last.cpu_seconds, measured), 2),
                memory_bytes=gauge.memory_bytes,
                processes=gauge.processes,
            )
        )
        self.peak_memory_bytes = max(self.peak_memory_bytes, gauge.memory_bytes)
        kept = thinned(self._samples)
        if len(kept) == len(self._samples):
            append(self._path, self._unwritten)
        else:
            self._samples = kept
            replace_all(self._path, self._head.line() + b"".join(map(sample_line, kept)))
        self._unwritten = b""

    def _last(self) -> UsageSample:
        return self._samples[-1] if self._samples else _NOTHING

    def _keep(self, sample: UsageSample) -> None:
        self._samples.append(sample)
        self._unwritten += sample_line(sample)
