"""The supervisor: one process per host and deployment that looks after all attempts of the host.

It holds no user code, and it alone talks to the ledger. Clients (Dask workers, the local executor) hand it orders and
hear of the ends; nurseries fork the payloads; ``Recorder`` claims and records. All of it runs in one event loop.

An attempt's outcome is recorded only when its process tree is proved gone. Whatever is claimed is on disk before, so
that the next supervisor goes on where one was killed (``adoption``).
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from jupyter_couture.executors import trees
from jupyter_couture.executors.intake import Intake
from jupyter_couture.executors.jobs import Job, Phase, Waiter
from jupyter_couture.executors.nurseries import Nurseries, NurseryState
from jupyter_couture.executors.order_files import OrderFiles
from jupyter_couture.executors.recorder import Recorder
from jupyter_couture.model.ids import AttemptId
from jupyter_couture.model.messages import AttemptOutcome
from jupyter_couture.model.run import Attempt
from jupyter_couture.model.states import OPEN_ATTEMPT_STATES, AttemptState
from jupyter_couture.ports.bus import Publisher
from jupyter_couture.ports.clock import Clock
from jupyter_couture.ports.store import Ledger
from jupyter_couture.runtime import processes
from jupyter_couture.runtime.lines import Message
from jupyter_couture.runtime.places import spare_folder
from jupyter_couture.runtime.value_files import remove_values_of_others
from jupyter_couture.runtime.workplaces import remove_tree
from jupyter_couture.settings import Settings

BEAT_SECONDS = 5.0
_SETTLED_SECONDS = 0.5
"""Of an attempt that lives longer than this, process id and progress are told before its end."""
_PROGRESS_SECONDS = 0.25
_SHORT_SECONDS = 10.0
"""Process ids cannot come round within this time, so the leftovers of a short attempt are found among the new ids."""
_LAST_WORD_SECONDS = 2.0
_LOOK_SECONDS = 0.005
_ELSEWHERE_SECONDS = 0.5

_log = logging.getLogger("couture.supervisor")


class Supervisor:
    """See the module. Methods are called in the event loop unless they say otherwise."""

    def __init__(self, settings: Settings, ledger: Ledger, publisher: Publisher, clock: Clock, runner: str) -> None:
        self._settings = settings
        self._clock = clock
        self.runner = runner
        self.jobs: dict[str, Job] = {}
        self._files = OrderFiles(spare_folder(settings))
        self.nurseries = Nurseries(settings)
        self.intake = Intake(settings, runner, self.jobs, self._files, self._claim)
        self.recorder = Recorder(ledger, publisher, self._claimed, self._recorded, self.intake.is_crowded)
        self._tasks: set[asyncio.Task[None]] = set()

    # ---- what clients ask

    def cancel(self, attempt_ids: Iterable[str]) -> None:
        """Stop attempts. Those that have not begun are recorded as cancelled at once."""
        for attempt_id in attempt_ids:
            job = self.jobs.get(attempt_id)
            if job is not None:
                self.stop(job, AttemptState.CANCELLED)
            elif not self.intake.has_ended(attempt_id):
                self._spawn(self._cancel_unknown(AttemptId(attempt_id)))

    async def _cancel_unknown(self, attempt_id: AttemptId) -> None:
        attempt = await self.recorder.ask(lambda ledger: ledger.attempt(attempt_id))
        job = self.jobs.get(attempt_id)
        if job is not None:  # its order came meanwhile
            self.stop(job, AttemptState.CANCELLED)
        elif attempt is not None and attempt.state is AttemptState.DISPATCHING:
            self.recorder.finish(_withdrawn(attempt, self._clock))

    def forget_waiter(self, waiter: Waiter) -> None:
        """A client is gone; what it asked for goes on."""
        for job in self.jobs.values():
            job.waiters.discard(waiter)

    def counts(self) -> dict[str, int]:
        """For ``ping``: how many attempts are in which phase, and how many nurseries there are."""
        found = {phase.name.lower(): 0 for phase in Phase}
        for job in self.jobs.values():
            found[job.phase.name.lower()] += 1
        return {**found, "nurseries": self.nurseries.live()}

    # ---- claims

    def _claim(self, job: Job) -> None:
        self.recorder.claim(job.claim(self._clock.now()))

    def _claimed(self, won: Iterable[AttemptId], lost: Iterable[AttemptId]) -> None:
        for attempt_id in won:
            job = self.jobs.get(attempt_id)
            if job is None:
                continue
            self._begin(job)
        for attempt_id in lost:
            job = self.jobs.get(attempt_id)
            if job is not None:
                self._spawn(self._look_elsewhere(job))

    def _begin(self, job: Job) -> None:
        job.begun_at = time.monotonic()
        if job.stop_state is not None:
            self._conclude(job)
            return
        if job.start.timeout_seconds is not None:
            self._limit(job, job.start.timeout_seconds)
        if job.is_new_try:  # the database has forgotten what the try before left; its files go too
            place = (self._settings.xcom_dir, job.start.run_key, job.start.task_key, job.attempt_id)
            self._spawn(asyncio.to_thread(remove_values_of_others, *place))
        job.timers.append(asyncio.get_running_loop().call_later(_SETTLED_SECONDS, self._tell_progress, job))
        self.nurseries.place(job)

    def adopt(self, job: Job) -> None:
        """Take over a job that a supervisor before us left on disk."""
        job.phase = Phase.CLAIMING
        self.jobs[job.attempt_id] = job
        forker = job.forked_by()
        if not forker:
            self._spawn(self._adopt_unforked(job))
            return
        age = job.age()
        job.begun_at = time.monotonic() - age
        if not job.was_forked:
            job.stop_state = AttemptState.CANCELLED
            self._conclude(job)
            return
        job.phase = Phase.RUNNING
        if job.start.timeout_seconds is not None:
            self._limit(job, max(0.0, job.start.timeout_seconds - age))
        self._spawn(self._find_out(job))

    async def _adopt_unforked(self, job: Job) -> None:
        """Begin it if its start was claimed. If not, only a client that still wants it has a slot for it."""
        attempt = await self.recorder.ask(lambda ledger: ledger.attempt(job.start.attempt_id))
        if not job.waiters and attempt is not None and attempt.state is AttemptState.DISPATCHING:
            self.jobs.pop(job.attempt_id, None)
            job.remove_files(self._files)
            self.intake.let_pass()
            return
        self.recorder.claim(job.claim(self._clock.now()))

    def _limit(self, job: Job, seconds: float) -> None:
        loop = asyncio.get_running_loop()
        job.timers.append(loop.call_later(seconds, self.stop, job, AttemptState.TIMED_OUT))

    async def _look_elsewhere(self, job: Job) -> None:
        """The claim was refused: somebody else has the attempt, or it is not wanted any more."""
        while True:
            attempt = await self.recorder.ask(lambda ledger: ledger.attempt(job.start.attempt_id))
            if attempt is None or attempt.state not in OPEN_ATTEMPT_STATES:
                self._settle(job, attempt.state if attempt is not None else AttemptState.SUPERSEDED)
                return
            if attempt.state is AttemptState.DISPATCHING:
                if attempt.is_cancel_requested or job.stop_state:
                    job.stop_state = AttemptState.CANCELLED
                    self._conclude(job)
                    return
                await asyncio.sleep(_ELSEWHERE_SECONDS)
                self.recorder.claim(job.claim(self._clock.now()))
                return
            await asyncio.sleep(_ELSEWHERE_SECONDS)

    # ---- what nurseries say

    def heard(self, state: NurseryState, message: Message) -> None:
        """A message of a nursery."""
        if message.get("do") == "ready":
            self.nurseries.ready(state, str(message.get("trouble", "")))
            return
        if message.get("do") == "strays":
            live = frozenset(job.pid for job in state.jobs if job.pid is not None)
            self._spawn(trees.kill_strays(state.identity, live))
            return
        job = self.jobs.get(str(message.get("id")))
        if job is None:
            return
        match message.get("do"):
            case "started":
                job.pid = int(message["pid"])
                job.phase = max(job.phase, Phase.RUNNING, key=lambda phase: phase.value)
            case "said":
                job.said.update(message["news"])
                if time.monotonic() - job.begun_at > _SETTLED_SECONDS and job.phase is Phase.RUNNING:
                    self._progress_soon(job)
            case "refused":
                _log.warning("Attempt %s cannot be forked: %s", job.attempt_id, message.get("why"))
                self._payload_ended(job, None)
            case "ended":
                state.jobs.discard(job)
                if message.get("litter"):
                    self._spawn(asyncio.to_thread(remove_tree, str(message["litter"])))
                self._payload_ended(job, message)

    def nursery_called(self, state: NurseryState, live: Mapping[str, int]) -> None:
        """A nursery of our predecessor's called in: its live payloads are ours now."""
        for attempt_id, pid in live.items():
            job = self.jobs.get(attempt_id)
            if job is not None and job.phase in (Phase.WAITING, Phase.SENT, Phase.RUNNING):
                job.nursery, job.pid, job.phase = state, pid, Phase.RUNNING
                state.jobs.add(job)

    def nursery_left(self, state: NurseryState) -> None:
        """The link to a nursery broke: it died, or it lost us and will call again."""
        for job in self.nurseries.left(state):
            if job.phase in (Phase.SENT, Phase.RUNNING):
                self._spawn(self._find_out(job))

    async def _find_out(self, job: Job) -> None:
        """What became of a job whose nursery is not linked: ended, never forked, still running, or lost."""
        while job.phase in (Phase.WAITING, Phase.SENT, Phase.RUNNING):
            forker = job.forked_by()
            end = job.stored_end()
            if end is not None:
                self._payload_ended(job, end)
            elif not forker:
                self.nurseries.place(job)
                return
            elif not processes.is_alive(forker):
                await asyncio.sleep(0)
                if job.stored_end() is None:
                    self._payload_ended(job, None)
            elif isinstance(job.nursery, NurseryState) and job.nursery.link is not None:
                return  # it called in again
            else:
                await asyncio.sleep(0.05)

    def _tell_progress(self, job: Job) -> None:
        if job.phase not in (Phase.SENT, Phase.RUNNING):
            return
        if job.pid is not None and not job.is_pid_told:
            job.is_pid_told = True
            self.recorder.set_pid(job.start.attempt_id, job.pid)
        if any(name in job.said for name in ("rendered", "outputs", "progress")):
            self.recorder.progress(job.progress(self._clock.now()))

    def _progress_soon(self, job: Job) -> None:
        loop = asyncio.get_running_loop()
        soon = loop.time() + _PROGRESS_SECONDS
        if not any(loop.time() < timer.when() < soon for timer in job.timers):
            job.timers.append(loop.call_later(_PROGRESS_SECONDS, self._tell_progress, job))

    # ---- ends

    def stop(self, job: Job, state: AttemptState) -> None:
        """End an attempt before it ends by itself."""
        if job.stop_state is not None or job.phase in (Phase.ENDING, Phase.RECORDING):
            return
        job.stop_state = state
        if job.phase is Phase.HELD:
            self.intake.stopped(job)
            self._conclude(job)
            return
        if job.phase is Phase.CLAIMING:
            if self.recorder.drop_claim(job.start.attempt_id):
                self._conclude(job)
            return  # the claim is under way: _claimed sees that it is to be stopped
        if job.phase is Phase.WAITING:
            self.nurseries.withdraw(job)
        job.cancel_timers()
        if job.forbid_fork():
            self._conclude(job)
        else:
            job.phase = Phase.ENDING
            self._spawn(self._end_tree(job))

    async def _end_tree(self, job: Job) -> None:
        await _soon(lambda: job.pid is not None or job.end is not None)  # the nursery is about to tell it
        await trees.end_tree(job.tree(), self._settings.kill_grace_seconds)
        await _soon(lambda: job.end is not None)
        job.end = job.end or job.stored_end()
        self._conclude(job)

    def _payload_ended(self, job: Job, end: Message | None) -> None:
        if job.end is None and end is not None:
            job.end = end
            job.pid = end.get("pid", job.pid)
            job.said.update(end.get("said") or {})
        if job.phase in (Phase.ENDING, Phase.RECORDING):
            return
        job.phase = Phase.ENDING
        job.cancel_timers()
        lasted = time.monotonic() - job.begun_at
        since = job.pid if job.pid is not None and lasted < _SHORT_SECONDS else None
        if processes.members(job.cookie, since):
            self._spawn(self._clear_away(job))
        else:
            self._conclude(job)

    async def _clear_away(self, job: Job) -> None:
        """End what a payload left running behind it."""
        grace = self._settings.kill_grace_seconds if job.end is None else min(1.0, self._settings.kill_grace_seconds)
        await trees.end_tree(job.tree(), grace)
        self._conclude(job)

    def _conclude(self, job: Job) -> None:
        """The tree is gone: record the outcome."""
        job.phase = Phase.RECORDING
        job.cancel_timers()
        self.recorder.finish(job.outcome(self._clock.now()))
        self.intake.let_pass()

    def _recorded(self, outcomes: Iterable[AttemptOutcome]) -> None:
        for outcome in outcomes:
            job = self.jobs.get(outcome.attempt_id)
            if job is not None:
                self._settle(job, outcome.state)

    def _settle(self, job: Job, state: AttemptState) -> None:
        """Forget a job and tell who waits for it."""
        job.remove_files(self._files)
        self.jobs.pop(job.attempt_id, None)
        job.cancel_timers()
        if isinstance(job.nursery, NurseryState):
            job.nursery.jobs.discard(job)
        self.intake.ended(job, state.value)

    # ---- the beat

    async def beat(self) -> None:
        """Sign of life for everything that runs, every few seconds; stops what the ledger says is to be stopped."""
        while True:
            await asyncio.sleep(BEAT_SECONDS)
            for job in self.nurseries.overdue():
                self.nurseries.place(job)
            for runner in {job.runner for job in self.jobs.values() if job.phase not in (Phase.HELD, Phase.CLAIMING)}:
                unwanted = await self.recorder.ask(partial(_beat, runner=runner, now=self._clock.now()))
                self.cancel(attempt_id for attempt_id in unwanted if attempt_id in self.jobs)

    def _spawn(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._work_done)

    def _work_done(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        with contextlib.suppress(asyncio.CancelledError):
            error = task.exception()
            if error is not None:
                _log.error("The supervisor stumbles", exc_info=error)


def _beat(ledger: Ledger, runner: str, now: datetime) -> frozenset[AttemptId]:
    return ledger.beat(runner, now)


def _withdrawn(attempt: Attempt, clock: Clock) -> AttemptOutcome:
    return AttemptOutcome(
        attempt_id=attempt.attempt_id,
        run_key=attempt.run_key,
        task_key=attempt.task_key,
        state=AttemptState.CANCELLED,
        ended_at=clock.now(),
        was_started=False,
    )


async def _soon(condition: Callable[[], bool]) -> None:
    """Wait a little for ``condition``."""
    for _ in range(round(_LAST_WORD_SECONDS / _LOOK_SECONDS)):
        if condition():
            return
        await asyncio.sleep(_LOOK_SECONDS)
