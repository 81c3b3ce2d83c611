"""Measures attempts that run for longer than a moment, and writes it down beside their logs.

One task for all attempts of the host: nothing is done for those that end within a second. Looks and writes happen in a
thread, and rest the longer the more they cost.
"""

import asyncio
import logging
import time
from collections.abc import Mapping, Sequence

from jupyter_couture.decisions.sampling import FIRST_SECONDS, pause_seconds, seconds_to_next
from jupyter_couture.executors.gauges import Gauge, measure
from jupyter_couture.executors.jobs import Job, Phase
from jupyter_couture.executors.trails import Trail

_LOOK_SECONDS = 0.5

_log = logging.getLogger("couture.supervisor")


class Sampler:
    """See the module. ``jobs`` are those of the supervisor, as they come and go."""

    def __init__(self, jobs: Mapping[str, Job]) -> None:
        self._jobs = jobs

    async def run(self) -> None:
        """Look now and then, for ever."""
        pause = _LOOK_SECONDS
        while True:
            await asyncio.sleep(pause)
            due = self._due(time.monotonic())
            cost = await asyncio.to_thread(self._sample, due) if due else 0.0
            pause = pause_seconds(cost, _LOOK_SECONDS)

    def _due(self, now: float) -> list[Job]:
        return [
            job
            for job in self._jobs.values()
            if job.phase is Phase.RUNNING and job.pid is not None and now >= _next_at(job)
        ]

    def _sample(self, due: Sequence[Job]) -> float:
        """In a thread. Measure and write down; how many seconds of a core that took."""
        before = time.thread_time()
        try:
            gauges = measure({job.attempt_id: job.tree() for job in due})
            for job in due:
                self._write(job, gauges.get(job.attempt_id))
        except Exception:  # noqa: BLE001  # the edge: a host that cannot be measured still runs attempts
            _log.exception("Attempts cannot be measured")
        return time.thread_time() - before

    def _write(self, job: Job, gauge: Gauge | None) -> None:
        age = time.monotonic() - job.begun_at
        trail = job.trail or Trail(job.log, job.attempt_id, age)
        job.trail = trail
        trail.next_at = time.monotonic() + seconds_to_next(age)
        if gauge is None:  # it has just ended
            return
        try:
            trail.add(age, gauge)
        except FileNotFoundError:
            pass  # the run was deleted with its logs
        except OSError as error:
            _log.warning("What attempt %s uses cannot be written down: %s", job.attempt_id, error)


def _next_at(job: Job) -> float:
    return job.begun_at + FIRST_SECONDS if job.trail is None else job.trail.next_at
