"""What supervisors say to the ledger: batched, repeated while it is away, and one bad word stops no other."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from jupyter_couture.executors.recorder import Recorder
from jupyter_couture.model.errors import Conflict, Unavailable
from jupyter_couture.model.ids import AttemptId, DagId, RunId, RunKey, TaskId, TaskKey
from jupyter_couture.model.messages import AttemptOutcome, AttemptProgress, Claim
from jupyter_couture.model.run import Attempt
from jupyter_couture.model.states import AttemptState

pytestmark = pytest.mark.asyncio

RUN, TASK, MOMENT = RunKey(DagId("d"), RunId("r")), TaskKey(TaskId("t")), datetime(2026, 1, 1, tzinfo=UTC)


class ShakyLedger:
    """A ledger that is away for the first calls, and that refuses some attempts."""

    def __init__(self, away: int = 0, refused: Iterable[str] = ()) -> None:
        self.away = away
        self.refused = frozenset(refused)
        self.calls: list[tuple[str, int]] = []
        self.finished: list[str] = []

    def _answer(self, what: str, items: Sequence[Claim] | Sequence[AttemptOutcome]) -> None:
        self.calls.append((what, len(items)))
        if self.away > 0:
            self.away -= 1
            raise Unavailable(what="database", message="gone for a walk")
        if any(item.attempt_id in self.refused for item in items):
            raise Conflict(what="attempt", id="some")

    def claim(self, claims: Sequence[Claim]) -> frozenset[AttemptId]:
        self._answer("claim", claims)
        return frozenset(claim.attempt_id for claim in claims if not claim.attempt_id.startswith("taken"))

    def finish(self, outcomes: Sequence[AttemptOutcome]) -> frozenset[AttemptId]:
        self._answer("finish", outcomes)
        self.finished += [outcome.attempt_id for outcome in outcomes]
        return frozenset(outcome.attempt_id for outcome in outcomes)

    def set_pid(self, pids: Mapping[AttemptId, int]) -> None:
        self.calls.append(("set_pid", len(pids)))

    def progress(self, steps: Sequence[AttemptProgress]) -> None:
        self.calls.append(("progress", len(steps)))

    def beat(self, runner: str, at: datetime) -> frozenset[AttemptId]:
        return frozenset()

    def attempt(self, attempt_id: AttemptId) -> Attempt | None:
        return None

    def running_of(self, runner_prefix: str) -> Sequence[Attempt]:
        return ()


class Hints:
    """Counts hints."""

    def __init__(self) -> None:
        self.count = 0

    def publish(self, topic: str, text: str = "") -> None:
        self.count += 1


class Heard:
    """A recorder at work, and what it answered."""

    def __init__(self, ledger: ShakyLedger) -> None:
        self.hints = Hints()
        self.won: list[str] = []
        self.lost: list[str] = []
        self.recorded: list[str] = []
        self.recorder = Recorder(ledger, self.hints, self._claimed, self._recorded)

    def _claimed(self, won: Iterable[AttemptId], lost: Iterable[AttemptId]) -> None:
        self.won += sorted(won)
        self.lost += lost

    def _recorded(self, outcomes: Iterable[AttemptOutcome]) -> None:
        self.recorded += [outcome.attempt_id for outcome in outcomes]

    async def until(self, condition: Callable[[], bool]) -> None:
        task = asyncio.create_task(self.recorder.run())
        async with asyncio.timeout(10):
            while not condition():  # noqa: ASYNC110  # the recorder tells by callbacks
                await asyncio.sleep(0.005)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def a_claim(name: str) -> Claim:
    return Claim(attempt_id=AttemptId(name), run_key=RUN, task_key=TASK, runner="me", host="here", at=MOMENT)


def an_end(name: str) -> AttemptOutcome:
    return AttemptOutcome(
        attempt_id=AttemptId(name), run_key=RUN, task_key=TASK, state=AttemptState.SUCCESS, ended_at=MOMENT
    )


async def test_all_claims_of_a_turn_go_out_together() -> None:
    ledger = ShakyLedger()
    heard = Heard(ledger)
    for name in ("a", "taken", "b"):
        heard.recorder.claim(a_claim(name))
    await heard.until(lambda: bool(heard.won))

    assert ledger.calls == [("claim", 3)]
    assert (heard.won, heard.lost) == (["a", "b"], ["taken"])
    assert heard.hints.count == 1


async def test_r20_what_a_ledger_that_is_away_did_not_hear_is_said_again() -> None:
    ledger = ShakyLedger(away=3)
    heard = Heard(ledger)
    heard.recorder.finish(an_end("ended"))
    heard.recorder.claim(a_claim("a"))
    await heard.until(lambda: bool(heard.won and heard.recorded))

    assert ledger.finished == ["ended"]
    assert heard.recorded == ["ended"]


async def test_what_the_ledger_refuses_does_not_hold_up_the_rest() -> None:
    ledger = ShakyLedger(refused=["bad"])
    heard = Heard(ledger)
    for name in ("a", "bad", "b"):
        heard.recorder.finish(an_end(name))
    await heard.until(lambda: len(heard.recorded) >= 3)

    assert ledger.finished == ["a", "b"]


async def test_an_end_that_cannot_be_stored_as_it_was_is_recorded_as_a_failure() -> None:
    """Else its task would stay in running for ever."""

    class Picky(ShakyLedger):
        def finish(self, outcomes: Sequence[AttemptOutcome]) -> frozenset[AttemptId]:
            if any(outcome.outputs for outcome in outcomes):
                raise ValueError("no such value")
            ends.update((outcome.attempt_id, outcome.state) for outcome in outcomes)
            return super().finish(outcomes)

    ends: dict[str, AttemptState] = {}
    heard = Heard(Picky())
    for name, outputs in (("a", {}), ("odd", {"it": 1}), ("stopped", {"it": 1})):
        end = replace(an_end(name), outputs=outputs)
        heard.recorder.finish(replace(end, state=AttemptState.CANCELLED) if name == "stopped" else end)
    await heard.until(lambda: len(heard.recorded) >= 3)

    assert ends == {"a": AttemptState.SUCCESS, "odd": AttemptState.FAILED, "stopped": AttemptState.CANCELLED}


async def test_a_claim_can_be_taken_back_until_it_is_sent() -> None:
    heard = Heard(ShakyLedger())
    heard.recorder.claim(a_claim("a"))

    assert heard.recorder.drop_claim(AttemptId("a"))
    assert not heard.recorder.drop_claim(AttemptId("a"))


async def test_progress_of_an_attempt_that_has_ended_is_not_told() -> None:
    ledger = ShakyLedger()
    heard = Heard(ledger)
    step = AttemptProgress(
        attempt_id=AttemptId("a"), run_key=RUN, task_key=TASK, try_number=1, at=MOMENT, done=1, total=2
    )
    heard.recorder.progress(step)
    heard.recorder.set_pid(AttemptId("a"), 1)
    heard.recorder.finish(an_end("a"))
    await heard.until(lambda: bool(heard.recorded))

    assert ledger.calls == [("finish", 1)]
