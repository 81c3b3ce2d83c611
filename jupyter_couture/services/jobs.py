"""What works for Couture now, as far as the database knows it: the scheduler, its workers, the attempts they run.

A worker writes a sign of life with the attempts it runs and nothing while it has none: one that is idle is seen in the
scheduler's count of slots only.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from jupyter_couture.model.records import Lease
from jupyter_couture.model.run import Attempt
from jupyter_couture.model.states import AttemptState
from jupyter_couture.services.health import HealthStore

SILENCE = timedelta(seconds=60)
"""After so long without a sign of life a worker or an attempt is called silent."""


class JobKind(StrEnum):
    """What kind of work."""

    SCHEDULER = "scheduler"
    EXECUTOR = "executor"
    WORKER = "worker"  # the supervisor of a host
    TASK = "task"


class JobState(StrEnum):
    """How it is."""

    STARTING = "starting"  # an attempt that no worker has claimed yet
    RUNNING = "running"
    SILENT = "silent"  # no sign of life for longer than there should be


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Something that works. What is not known is None; ``name`` is how the database knows it."""

    kind: JobKind
    name: str
    state: JobState
    host: str | None = None
    pid: int | None = None
    started_at: datetime | None = None
    heartbeat_at: datetime | None = None
    slots: int | None = None
    running: int | None = None
    attempt: Attempt | None = None


class Jobs:
    """Asks the store. Every method may block."""

    def __init__(self, store: HealthStore) -> None:
        self._store = store

    def all(self) -> Sequence[Job]:
        """Scheduler, executor and workers first, then the attempts in the order of their dispatch."""
        lease, attempts, now = self._store.current_lease(), self._store.open_attempts(), self._store.now()
        running = [each for each in attempts if each.state is AttemptState.RUNNING]
        found = [] if lease is None else list(_of_lease(lease, len(running), now))
        found.extend(_workers(running, now))
        found.extend(_task(each, now) for each in attempts)
        return found


def _of_lease(lease: Lease, running: int, now: datetime) -> Iterator[Job]:
    host, _, rest = lease.holder.partition(":")
    pid, _, _ = rest.partition(":")
    state = JobState.RUNNING if lease.expires_at > now else JobState.SILENT
    scheduler = Job(
        kind=JobKind.SCHEDULER,
        name=lease.holder,
        state=state,
        host=host,
        pid=int(pid) if pid.isdecimal() else None,
        heartbeat_at=lease.renewed_at,
    )
    yield scheduler
    if lease.slots is not None:
        yield replace(scheduler, kind=JobKind.EXECUTOR, pid=None, slots=lease.slots, running=running)


def _workers(running: Sequence[Attempt], now: datetime) -> Iterator[Job]:
    by_runner: dict[str, list[Attempt]] = {}
    for attempt in running:
        by_runner.setdefault(attempt.runner or "", []).append(attempt)
    for runner, attempts in sorted(by_runner.items()):
        beats = [each.beat_at for each in attempts if each.beat_at is not None]
        beat = max(beats, default=None)
        yield Job(
            kind=JobKind.WORKER,
            name=runner,
            state=_state(beat, now),
            host=attempts[0].host,
            heartbeat_at=beat,
            running=len(attempts),
        )


def _task(attempt: Attempt, now: datetime) -> Job:
    is_claimed = attempt.state is AttemptState.RUNNING
    return Job(
        kind=JobKind.TASK,
        name=attempt.attempt_id,
        state=_state(attempt.beat_at, now) if is_claimed else JobState.STARTING,
        host=attempt.host,
        pid=attempt.pid,
        started_at=attempt.started_at,
        heartbeat_at=attempt.beat_at,
        attempt=attempt,
    )


def _state(beat: datetime | None, now: datetime) -> JobState:
    return JobState.SILENT if beat is None or now - beat > SILENCE else JobState.RUNNING
