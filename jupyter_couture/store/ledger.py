"""What supervisors write: claims, process ids, progress, signs of life, outcomes. Never a state of a task or run.

Rows of attempts are locked in the order of their ids, so that two supervisors cannot wait for each other.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, func, insert, select, update

from jupyter_couture.model.dag import Json
from jupyter_couture.model.errors import InvalidRequest
from jupyter_couture.model.facts import (
    AttemptCancelled,
    AttemptDeferred,
    AttemptFailed,
    AttemptLost,
    AttemptRescheduled,
    AttemptSkipped,
    AttemptStarted,
    AttemptSucceeded,
    AttemptTimedOut,
    Fact,
)
from jupyter_couture.model.ids import AttemptId
from jupyter_couture.model.messages import AttemptOutcome, AttemptProgress, Claim
from jupyter_couture.model.records import FeedEntry
from jupyter_couture.model.run import Attempt, AttemptError
from jupyter_couture.model.states import OPEN_ATTEMPT_STATES, AttemptState
from jupyter_couture.store import feed
from jupyter_couture.store.live import ATTEMPTS, IS_OPEN
from jupyter_couture.store.part import StorePart
from jupyter_couture.store.rows import attempt_from, error_values, fact_values
from jupyter_couture.store.tables import attempt, fact
from jupyter_couture.store.xcoms import PushedItem, drop_xcoms, put_xcoms

_LOOK = (
    select(attempt.c.attempt_id, attempt.c.state, attempt.c.runner, attempt.c.is_cancel_requested)
    .where(attempt.c.attempt_id.in_(bindparam("ids", expanding=True)))
    .order_by(attempt.c.attempt_id)
    .with_for_update()
)
_CLAIM = (
    update(attempt)
    .where(attempt.c.attempt_id == bindparam("of_attempt"), attempt.c.state == AttemptState.DISPATCHING.value)
    .values(
        state=AttemptState.RUNNING.value,
        runner=bindparam("runner"),
        host=bindparam("host"),
        started_at=bindparam("at", type_=attempt.c.started_at.type),
        beat_at=bindparam("at", type_=attempt.c.beat_at.type),
    )
)
_SET_PID = update(attempt).where(attempt.c.attempt_id == bindparam("of_attempt")).values(pid=bindparam("pid"))
_FINISH = (
    update(attempt)
    .where(attempt.c.attempt_id == bindparam("of_attempt"), attempt.c.open_key.is_not(None))
    .values(
        {
            **{name: bindparam(name) for name in ("state", "ended_at", "exit_code", "error")},
            "rendered": func.coalesce(bindparam("rendered", type_=attempt.c.rendered.type), attempt.c.rendered),
            "outputs": func.coalesce(bindparam("outputs", type_=attempt.c.outputs.type), attempt.c.outputs),
            "intent": None,
            "open_key": None,
        }
    )
)
_PROGRESS = (
    update(attempt)
    .where(attempt.c.attempt_id == bindparam("of_attempt"))
    .values(
        progress=bindparam("progress"),
        rendered=func.coalesce(bindparam("rendered", type_=attempt.c.rendered.type), attempt.c.rendered),
        outputs=func.coalesce(bindparam("outputs", type_=attempt.c.outputs.type), attempt.c.outputs),
    )
)
_INSERT_FACT = insert(fact)
_OF_RUNNER = (IS_OPEN, attempt.c.runner == bindparam("of_runner"), attempt.c.state == AttemptState.RUNNING.value)
_BEAT = update(attempt).where(*_OF_RUNNER).values(beat_at=bindparam("at", type_=attempt.c.beat_at.type))
_TO_CANCEL = select(attempt.c.attempt_id).where(*_OF_RUNNER, attempt.c.is_cancel_requested)
_ONE = ATTEMPTS.where(attempt.c.attempt_id == bindparam("attempt_id"))
_RUNNING = ATTEMPTS.where(IS_OPEN, attempt.c.state == AttemptState.RUNNING.value).order_by(attempt.c.attempt_id)


class _Seen(NamedTuple):
    attempt_id: str
    state: AttemptState
    runner: str | None
    is_cancel_requested: bool

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_ATTEMPT_STATES


def _look(connection: Connection, ids: Iterable[AttemptId]) -> dict[str, _Seen]:
    rows = connection.execute(_LOOK, {"ids": sorted(set(ids))})
    return {row[0]: _Seen(row[0], AttemptState(row[1]), row[2], bool(row[3])) for row in rows}


def _add_facts(connection: Connection, facts: Sequence[Fact]) -> None:
    connection.execute(_INSERT_FACT, [fact_values(found) for found in facts])


def _some(values: Mapping[str, Json]) -> Mapping[str, Json] | None:
    """None for an empty mapping, which leaves stored what is stored."""
    return values or None


def fact_of(outcome: AttemptOutcome) -> Fact:
    """What the end of an attempt tells the engine."""
    common: dict[str, Any] = {
        "attempt_id": outcome.attempt_id,
        "run_key": outcome.run_key,
        "task_key": outcome.task_key,
        "at": outcome.ended_at,
    }
    error = outcome.error or AttemptError(outcome.state.value, f"The attempt ended with exit code {outcome.exit_code}")
    match outcome.state:
        case AttemptState.SUCCESS:
            return AttemptSucceeded(
                **common,
                map_length=outcome.map_length,
                skips=outcome.skips,
                label=outcome.label,
                assets=outcome.assets,
            )
        case AttemptState.RESCHEDULED if outcome.next_at is not None:
            return AttemptRescheduled(**common, next_at=outcome.next_at)
        case AttemptState.DEFERRED if outcome.wait is not None:
            return AttemptDeferred(**common, wait=outcome.wait)
        case AttemptState.SKIPPED:
            return AttemptSkipped(**common, reason="" if outcome.error is None else outcome.error.message)
        case AttemptState.FAILED:
            return AttemptFailed(
                **common,
                error=error,
                is_final=outcome.is_final,
                retry_after_seconds=outcome.retry_after_seconds,
                is_silent=outcome.is_silent,
            )
        case AttemptState.TIMED_OUT:
            return AttemptTimedOut(**common, error=error)
        case AttemptState.CANCELLED:
            return AttemptCancelled(**common)
        case AttemptState.LOST:
            return AttemptLost(**common, error=error, was_started=outcome.was_started)
        case _:
            raise InvalidRequest(field="state", message=f"an attempt cannot end as {outcome.state.value}")


class LedgerPart(StorePart):
    """What supervisors need."""

    def claim(self, claims: Sequence[Claim]) -> frozenset[AttemptId]:
        """Claim starts (dispatching to running); those that won. A repeated claim of the same runner wins again.

        An attempt whose cancellation was asked for cannot be claimed; one that its runner has claimed already still
        is his, and he is the one to end it. The change to running writes an ``AttemptStarted`` fact.
        """
        if not claims:
            return frozenset()

        def body(connection: Connection) -> frozenset[AttemptId]:
            seen = _look(connection, (claim.attempt_id for claim in claims))
            wins: dict[AttemptId, Claim] = {}
            again: set[AttemptId] = set()
            for claim in claims:
                found = seen.get(claim.attempt_id)
                if found is None or claim.attempt_id in wins:
                    continue
                if found.state is AttemptState.DISPATCHING and not found.is_cancel_requested:
                    wins[claim.attempt_id] = claim
                elif found.state is AttemptState.RUNNING and found.runner == claim.runner:
                    again.add(claim.attempt_id)
            if wins:
                rows = [
                    {"of_attempt": claim.attempt_id, "runner": claim.runner, "host": claim.host, "at": claim.at}
                    for claim in wins.values()
                ]
                connection.execute(_CLAIM, rows)
                drop_xcoms(connection, [(win.run_key, win.task_key) for win in wins.values() if win.is_new_try])
                _add_facts(
                    connection,
                    [
                        AttemptStarted(
                            attempt_id=claim.attempt_id, run_key=claim.run_key, task_key=claim.task_key, at=claim.at
                        )
                        for claim in wins.values()
                    ],
                )
            return frozenset(again | wins.keys())

        return self._db.write(body)

    def set_pid(self, pids: Mapping[AttemptId, int]) -> None:
        """Remember the process ids of started attempts."""
        rows = [{"of_attempt": attempt_id, "pid": pid} for attempt_id, pid in sorted(pids.items())]
        if rows:
            self._db.write(lambda connection: connection.execute(_SET_PID, rows))

    def finish(self, outcomes: Sequence[AttemptOutcome]) -> frozenset[AttemptId]:
        """Record ends of open attempts, each with its fact; those recorded now (others were recorded before)."""
        facts = {outcome.attempt_id: fact_of(outcome) for outcome in reversed(outcomes)}
        if not facts:
            return frozenset()
        first = {outcome.attempt_id: outcome for outcome in reversed(outcomes)}

        def body(connection: Connection) -> frozenset[AttemptId]:
            seen = _look(connection, facts)
            ended = [first[AttemptId(name)] for name, found in seen.items() if found.is_open]
            if ended:
                rows = [
                    {
                        "of_attempt": outcome.attempt_id,
                        "state": outcome.state.value,
                        "ended_at": outcome.ended_at,
                        "exit_code": outcome.exit_code,
                        "error": error_values(outcome.error),
                        "rendered": _some(outcome.rendered),
                        "outputs": _some(outcome.outputs),
                    }
                    for outcome in ended
                ]
                connection.execute(_FINISH, rows)
                put_xcoms(connection, _pushed(ended))
                _add_facts(connection, [facts[outcome.attempt_id] for outcome in ended])
            return frozenset(outcome.attempt_id for outcome in ended)

        return self._db.write(body)

    def progress(self, steps: Sequence[AttemptProgress]) -> None:
        """Store rendered fields, outputs and progress of open attempts, and tell watchers."""
        if not steps:
            return

        def body(connection: Connection) -> None:
            seen = _look(connection, (step.attempt_id for step in steps))
            known = [step for step in steps if step.attempt_id in seen and seen[step.attempt_id].is_open]
            if not known:
                return
            rows = [
                {
                    "of_attempt": step.attempt_id,
                    "progress": [step.done, step.total, step.label],
                    "rendered": _some(step.rendered),
                    "outputs": _some(step.outputs),
                }
                for step in known
            ]
            connection.execute(_PROGRESS, rows)
            put_xcoms(connection, _pushed(known))
            feed.append(connection, [_progress_entry(step) for step in known])

        self._db.write(body)

    def beat(self, runner: str, at: datetime) -> frozenset[AttemptId]:
        """A sign of life for all running attempts of ``runner``; those of them that shall be cancelled."""

        def body(connection: Connection) -> frozenset[AttemptId]:
            connection.execute(_BEAT, {"of_runner": runner, "at": at})
            found = connection.execute(_TO_CANCEL, {"of_runner": runner}).scalars()
            return frozenset(AttemptId(attempt_id) for attempt_id in found)

        return self._db.write(body)

    def attempt(self, attempt_id: AttemptId) -> Attempt | None:
        """One attempt as it stands."""

        def body(connection: Connection) -> Attempt | None:
            row = connection.execute(_ONE, {"attempt_id": attempt_id}).one_or_none()
            return None if row is None else attempt_from(row)

        return self._db.read(body)

    def running_of(self, runner_prefix: str) -> Sequence[Attempt]:
        """Running attempts whose runner begins so (the host's own), to adopt them."""
        running = self._db.read(lambda connection: [attempt_from(row) for row in connection.execute(_RUNNING)])
        return [found for found in running if (found.runner or "").startswith(runner_prefix)]


def _pushed(said: Iterable[AttemptOutcome | AttemptProgress]) -> Iterator[PushedItem]:
    for one in said:
        for key, item in one.xcoms.items():
            yield PushedItem(one.run_key, one.task_key, one.attempt_id, key, item)


def _progress_entry(step: AttemptProgress) -> FeedEntry:
    return FeedEntry(
        kind="attempt.progress",
        dag_id=step.run_key.dag_id,
        run_id=step.run_key.run_id,
        task_id=step.task_key.task_id,
        map_index=step.task_key.map_index,
        data={"try_number": step.try_number, "done": step.done, "total": step.total, "label": step.label},
    )
