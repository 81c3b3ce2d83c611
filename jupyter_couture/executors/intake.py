"""What the supervisor is asked to run: joined if it is known, else held until a slot is free, then claimed."""

import logging
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from jupyter_couture.executors.dask_task import RETURNED
from jupyter_couture.executors.gate import Gate
from jupyter_couture.executors.jobs import Job, Phase, Waiter, new_job
from jupyter_couture.executors.order_files import OrderFiles
from jupyter_couture.model.errors import InvalidRequest
from jupyter_couture.settings import Settings

_ENDS_KEPT = 10_000

_log = logging.getLogger("couture.supervisor")


class Intake:
    """See the module. ``jobs`` are the supervisor's; ``claim`` is called when an order is on disk."""

    def __init__(
        self, settings: Settings, runner: str, jobs: dict[str, Job], files: OrderFiles, claim: Callable[[Job], None]
    ) -> None:
        self._settings = settings
        self._runner = runner
        self._jobs = jobs
        self._files = files
        self._claim = claim
        self._gate = Gate()
        self._ends: OrderedDict[str, str] = OrderedDict()

    def is_crowded(self) -> bool:
        """Whether attempts wait for a slot while most slots are at work: then nobody waits for the next commit."""
        if not self._gate.is_crowded:
            return False
        at_work = sum(1 for job in self._jobs.values() if job.phase in (Phase.SENT, Phase.RUNNING))
        return at_work * 2 >= (self._gate.slots or 0)

    def has_ended(self, attempt_id: str) -> bool:
        """Whether we know its end."""
        return attempt_id in self._ends

    def take(self, documents: Iterable[Any], waiter: Waiter, slots: int | None) -> None:
        """Start the attempts of orders, or join those that are known; ``waiter`` hears of their ends.

        No more than ``slots`` are under way at once from now on, whoever asked for them.
        """
        self._gate.slots = slots
        for document in documents:
            attempt_id = str(document.get("attempt_id")) if isinstance(document, Mapping) else ""
            job = self._jobs.get(attempt_id)
            if job is not None:
                job.waiters.add(waiter)
            elif attempt_id in self._ends:
                waiter.tell_end(attempt_id, self._ends[attempt_id])
            else:
                self._hold(document, attempt_id, waiter)
        self.let_pass()

    def _hold(self, document: Any, attempt_id: str, waiter: Waiter) -> None:
        try:
            job = new_job(self._settings, document, self._runner)
        except (InvalidRequest, AttributeError):
            _log.exception("Order of attempt %r cannot be taken", attempt_id)
            waiter.tell_end(attempt_id, "refused")
            return
        job.waiters.add(waiter)
        self._jobs[job.attempt_id] = job
        self._gate.hold(job)

    def let_pass(self) -> None:
        """Claim what there are slots for."""
        while (job := self._gate.next(self._jobs.values())) is not None:
            try:
                job.write_order(self._files)
            except OSError:
                _log.exception("Order of attempt %r cannot be written", job.attempt_id)
                self._send_away(job, "refused")
                continue
            job.phase = Phase.CLAIMING
            self._claim(job)

    def take_back(self, attempt_ids: Iterable[str]) -> list[str]:
        """Forget those of the attempts that have not got a slot yet, and say which; who waits hears ``RETURNED``."""
        held = [job for name in attempt_ids if (job := self._jobs.get(name)) is not None and job.phase is Phase.HELD]
        for job in held:
            self._send_away(job, RETURNED)
        self._gate.forget(held)
        return [job.attempt_id for job in held]

    def stopped(self, job: Job) -> None:
        """A held attempt waits for a slot no more."""
        self._gate.forget([job])

    def ended(self, job: Job, state: str) -> None:
        """Remember an end and tell who waits for it."""
        self._ends[job.attempt_id] = state
        if len(self._ends) > _ENDS_KEPT:
            self._ends.popitem(last=False)
        for waiter in job.waiters:
            waiter.tell_end(job.attempt_id, state)
        self.let_pass()

    def _send_away(self, job: Job, word: str) -> None:
        del self._jobs[job.attempt_id]
        for waiter in job.waiters:
            waiter.tell_end(job.attempt_id, word)
