"""The supervisor's one way to the ledger: gathers what there is to say and says it in as few transactions as possible.

While one batch is being committed the next one gathers, so the busier the host, the larger the batches. A ledger that
is away is asked again until it answers: claims wait, outcomes stay on disk and in memory, and nothing
that runs is harmed.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TypeVar

from jupyter_couture.model.errors import Unavailable
from jupyter_couture.model.ids import AttemptId
from jupyter_couture.model.messages import AttemptOutcome, AttemptProgress, Claim
from jupyter_couture.model.run import AttemptError
from jupyter_couture.model.states import AttemptState
from jupyter_couture.ports.bus import ENGINE, Publisher
from jupyter_couture.ports.store import Ledger

_GATHER_SECONDS = 0.005
"""While there is more to do than slots, so much is gathered: nobody's next step depends on a hurried commit."""
_FIRST_DELAY_SECONDS = 0.1
_LONGEST_DELAY_SECONDS = 10.0

_T = TypeVar("_T")
_Item = TypeVar("_Item", Claim, AttemptOutcome, AttemptProgress)

_log = logging.getLogger("couture.supervisor")


@dataclass(slots=True)
class _Work:
    """What waits to be said, newest word per attempt."""

    outcomes: dict[AttemptId, AttemptOutcome] = field(default_factory=dict)
    claims: dict[AttemptId, Claim] = field(default_factory=dict)
    progress: dict[AttemptId, AttemptProgress] = field(default_factory=dict)
    pids: dict[AttemptId, int] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.outcomes or self.claims or self.progress or self.pids)


@dataclass(slots=True)
class _Done:
    """What came of a batch."""

    recorded: Sequence[AttemptOutcome] = ()
    won: frozenset[AttemptId] = frozenset()
    lost: Sequence[AttemptId] = ()


class Recorder:
    """See the module. ``on_claimed(won, lost)`` and ``on_recorded(outcomes)`` are called in the event loop."""

    def __init__(
        self,
        ledger: Ledger,
        publisher: Publisher,
        on_claimed: Callable[[Iterable[AttemptId], Iterable[AttemptId]], None],
        on_recorded: Callable[[Iterable[AttemptOutcome]], None],
        is_crowded: Callable[[], bool] = lambda: False,
    ) -> None:
        self._ledger = ledger
        self._publisher = publisher
        self._on_claimed = on_claimed
        self._on_recorded = on_recorded
        self._is_crowded = is_crowded
        self._work = _Work()
        self._wake = asyncio.Event()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="ledger")

    def claim(self, claim: Claim) -> None:
        """Claim a start; the answer comes by ``on_claimed``."""
        self._work.claims[claim.attempt_id] = claim
        self._wake.set()

    def drop_claim(self, attempt_id: AttemptId) -> bool:
        """Take back a claim that has not been sent; whether it was there."""
        return self._work.claims.pop(attempt_id, None) is not None

    def finish(self, outcome: AttemptOutcome) -> None:
        """Record an end; ``on_recorded`` is called when it is."""
        self._work.outcomes[outcome.attempt_id] = outcome
        self._work.progress.pop(outcome.attempt_id, None)
        self._work.pids.pop(outcome.attempt_id, None)
        self._wake.set()

    def progress(self, step: AttemptProgress) -> None:
        """Tell how far an attempt is."""
        self._work.progress[step.attempt_id] = step
        self._wake.set()

    def set_pid(self, attempt_id: AttemptId, pid: int) -> None:
        """Tell the process id of an attempt, with the next thing there is to say."""
        self._work.pids[attempt_id] = pid
        self._wake.set()

    async def ask(self, question: Callable[[Ledger], _T]) -> _T:
        """The ledger's answer to ``question``; asked again while the ledger is away."""
        delay = _FIRST_DELAY_SECONDS
        while True:
            try:
                return await self._in_thread(lambda: question(self._ledger))
            except Unavailable as error:
                _log.warning("%s; asking again", error)
            await asyncio.sleep(delay)
            delay = min(delay * 2, _LONGEST_DELAY_SECONDS)

    async def run(self) -> None:
        """Say what there is to say, for ever."""
        delay = _FIRST_DELAY_SECONDS
        while True:
            await self._wake.wait()
            if self._is_crowded():
                await asyncio.sleep(_GATHER_SECONDS)
            self._wake.clear()
            work, self._work = self._work, _Work()
            done = _Done()
            try:
                await self._in_thread(partial(self._say, work, done))
                delay = _FIRST_DELAY_SECONDS
            except Unavailable as error:
                _log.warning("%s; %d outcomes and %d claims wait", error, len(work.outcomes), len(work.claims))
                self._put_back(work)
            self._on_recorded(done.recorded)
            if done.won or done.lost:
                self._on_claimed(done.won, done.lost)
            if work:
                await asyncio.sleep(delay)
                delay = min(delay * 2, _LONGEST_DELAY_SECONDS)

    async def _in_thread(self, call: Callable[[], _T]) -> _T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, call)

    def _put_back(self, work: _Work) -> None:
        """What was not said is said later; newer words about the same attempt win."""
        self._work.outcomes = {**work.outcomes, **self._work.outcomes}
        self._work.claims = {**work.claims, **self._work.claims}
        self._work.pids = {**work.pids, **self._work.pids}
        self._work.progress = {
            attempt_id: step
            for attempt_id, step in {**work.progress, **self._work.progress}.items()
            if attempt_id not in self._work.outcomes
        }
        self._wake.set()

    def _say(self, work: _Work, done: _Done) -> None:
        """In the ledger's thread. What has been said is taken out of ``work``, also if the rest fails."""
        if work.outcomes:
            outcomes = list(work.outcomes.values())
            _each_if_not_all(self._ledger.finish, outcomes, _plainly)
            done.recorded = outcomes
            work.outcomes.clear()
        if work.claims:
            claims = list(work.claims.values())
            for won in _each_if_not_all(self._ledger.claim, claims):
                done.won |= won
            done.lost = [claim.attempt_id for claim in claims if claim.attempt_id not in done.won]
            work.claims.clear()
        if done.recorded or done.won:
            self._publisher.publish(ENGINE, "facts")  # nothing else has changed: spares the engine three queries
        if work.pids:
            pids = dict(work.pids)
            work.pids.clear()
            self._ledger.set_pid(pids)
        if work.progress:
            _each_if_not_all(self._ledger.progress, list(work.progress.values()))
            work.progress.clear()


def _plainly(outcome: AttemptOutcome) -> AttemptOutcome:
    """An end without anything that a payload said: else its task would run for ever in the ledger.

    What could not be recorded is not called a success.
    """
    is_good = outcome.state in (AttemptState.SUCCESS, AttemptState.SKIPPED)
    return replace(
        outcome,
        state=AttemptState.FAILED if is_good else outcome.state,
        error=AttemptError(
            type="NotRecorded",
            message="The attempt ended, and the database refused what it said at its end",
            hint="The log of the supervisor says why. What the task returned may be what cannot be stored.",
        ),
        retry_after_seconds=None,
        rendered={},
        outputs={},
    )


def _each_if_not_all(
    call: Callable[[Sequence[_Item]], _T], items: Sequence[_Item], instead: Callable[[_Item], _Item] | None = None
) -> list[_T]:
    """Say all items at once; if the ledger refuses that, one by one.

    What it refuses then is logged and left out, or said as ``instead`` has it.
    """
    try:
        return [call(items)]
    except Unavailable:
        raise
    except Exception:  # noqa: BLE001  # one bad item must not stop the others
        if len(items) == 1:
            _log.exception("The ledger refuses what attempt %s says", items[0].attempt_id)
            return [] if instead is None else _each_if_not_all(call, [instead(items[0])])
    return [answer for item in items for answer in _each_if_not_all(call, [item], instead)]
