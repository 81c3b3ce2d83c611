"""Backfills and their dates."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from jupyter_couture.decisions.news import backfill_news
from jupyter_couture.model.backfills import (
    Backfill,
    BackfillCase,
    BackfillSlot,
    ExistingRun,
    Reprocess,
    SlotOutcome,
    SlotUpdate,
)
from jupyter_couture.model.codec import to_document
from jupyter_couture.model.commands import ClearTasks, Target
from jupyter_couture.model.dag import Json
from jupyter_couture.model.errors import Conflict, NotFound
from jupyter_couture.model.ids import DagId, RunId, RunKey, TaskId, TaskKey
from jupyter_couture.model.policy import Upcoming
from jupyter_couture.model.states import RunState
from jupyter_couture.store import feed
from jupyter_couture.store.columns import DatabaseNow
from jupyter_couture.store.live import IS_LIVE
from jupyter_couture.store.part import StorePart
from jupyter_couture.store.tables import dag, dag_run, task_instance
from jupyter_couture.store.tables_commands import command
from jupyter_couture.store.tables_origins import backfill, backfill_slot

SLOTS_AT_ONCE = 100
"""So many dates of each backfill the leader looks at in one pass."""

_SELECT = select(backfill)
_ONE = _SELECT.where(backfill.c.id == bindparam("of_id"))
_OPEN = _SELECT.where(backfill.c.open_key >= "").order_by(backfill.c.id)
_COUNTS = (
    select(backfill_slot.c.backfill_id, backfill_slot.c.outcome, func.count())
    .where(backfill_slot.c.backfill_id.in_(bindparam("ids", expanding=True)))
    .group_by(backfill_slot.c.backfill_id, backfill_slot.c.outcome)
)
_NEXT = (
    select(backfill_slot)
    .where(backfill_slot.c.backfill_id == bindparam("of_id"), backfill_slot.c.outcome == SlotOutcome.PENDING.value)
    .order_by(backfill_slot.c.position)
    .limit(SLOTS_AT_ONCE)
)
_ACTIVE = select(func.count()).select_from(dag_run).where(dag_run.c.backfill_id == bindparam("of_id"), IS_LIVE)
_WAITING_CLEARS = (
    select(func.count()).select_from(command).where(command.c.done_at.is_(None), command.c.actor == bindparam("actor"))
)
_SET_SLOT = (
    update(backfill_slot)
    .where(
        backfill_slot.c.backfill_id == bindparam("of_id"),
        backfill_slot.c.position == bindparam("of_position"),
        backfill_slot.c.outcome == SlotOutcome.PENDING.value,
    )
    .values(outcome=bindparam("outcome"), run_id=bindparam("run_id"))
)
_END = (
    update(backfill)
    .where(backfill.c.id == bindparam("of_id"), backfill.c.ended_at.is_(None))
    .values(ended_at=DatabaseNow(), open_key=None)
)


def write_steps(connection: Connection, updates: Sequence[SlotUpdate], ended: Sequence[int]) -> None:
    """Write what became of slots, order the clearing of runs that are run again, and close what is over."""
    for change in updates:
        row = {"of_id": change.backfill_id, "of_position": change.position}
        values = {"outcome": change.outcome.value, "run_id": change.run_id}
        if connection.execute(_SET_SLOT, {**row, **values}).rowcount != 1:
            raise Conflict(what="backfill", id=str(change.backfill_id))
        if change.outcome is SlotOutcome.CLEARED:
            _order_clearing(connection, change)
    for number in ended:
        connection.execute(_END, {"of_id": number})


def _order_clearing(connection: Connection, change: SlotUpdate) -> None:
    """Adopt a run that has ended and have all of it done again, by the same command a person would give."""
    found = connection.execute(
        select(dag_run.c.id, dag_run.c.dag_id)
        .join(backfill, backfill.c.dag_id == dag_run.c.dag_id)
        .where(backfill.c.id == change.backfill_id, dag_run.c.run_id == change.run_id)
    ).one_or_none()
    if found is None:
        return
    keys = connection.execute(
        select(task_instance.c.task_id, task_instance.c.map_index).where(task_instance.c.run_pk == found.id)
    )
    run_key = RunKey(DagId(found.dag_id), change.run_id)
    targets = tuple(Target(run_key, TaskKey(TaskId(task_id), index)) for task_id, index in keys)
    connection.execute(update(dag_run).where(dag_run.c.id == found.id).values(backfill_id=change.backfill_id))
    wanted = ClearTasks(targets)
    row = {"kind": type(wanted).__name__, "document": to_document(wanted), "actor": _actor(change.backfill_id)}
    connection.execute(insert(command).values(**row, at=DatabaseNow()))


def _actor(number: int) -> str:
    return f"backfill {number}"


class BackfillPart(StorePart):
    """What the leader and people ask of backfills."""

    def open_backfills(self) -> Sequence[BackfillCase]:
        """Backfills that are not over, each with its next dates and the number of its runs under way."""

        def body(connection: Connection) -> list[BackfillCase]:
            return [
                BackfillCase(
                    _backfill_from(row, {}),
                    _with_existing(connection, row.dag_id, connection.execute(_NEXT, {"of_id": row.id}).all()),
                    connection.execute(_ACTIVE, {"of_id": row.id}).scalar_one()
                    + connection.execute(_WAITING_CLEARS, {"actor": _actor(row.id)}).scalar_one(),
                )
                for row in connection.execute(_OPEN).all()
            ]

        return self._db.read(body)

    def existing_dates(self, wanted: Sequence[tuple[DagId, datetime]]) -> Mapping[DagId, frozenset[datetime]]:
        """Of these logical dates those that have a run already."""

        def body(connection: Connection) -> dict[DagId, frozenset[datetime]]:
            by_dag: dict[DagId, list[datetime]] = {}
            for dag_id, at in wanted:
                by_dag.setdefault(dag_id, []).append(at)
            return {
                dag_id: frozenset(existing)
                for dag_id, dates in by_dag.items()
                if (existing := _runs_at(connection, dag_id, dates))
            }

        return self._db.read(body) if wanted else {}

    def slots_with_runs(self, dag_id: DagId, slots: Sequence[BackfillSlot]) -> Sequence[BackfillSlot]:
        """``slots`` with the run that each date has already."""
        return self._db.read(
            lambda connection: _join(slots, _runs_at(connection, dag_id, [slot.interval.start for slot in slots]))
        )

    def create_backfill(self, wish: Backfill, slots: Sequence[BackfillSlot]) -> Backfill:
        """Store a backfill with its dates; raises ``NotFound`` (DAG), ``Conflict`` if one of the DAG goes on."""

        def body(connection: Connection) -> Backfill:
            known = connection.execute(select(dag.c.is_active).where(dag.c.dag_id == wish.dag_id)).scalar()
            if not known:
                raise NotFound(what="DAG", id=wish.dag_id)
            values = {
                "dag_id": wish.dag_id,
                "first": wish.first,
                "last": wish.last,
                "reprocess": wish.reprocess.value,
                "is_backwards": wish.is_backwards,
                "max_active": wish.max_active,
                "conf": wish.conf,
                "is_paused": wish.is_paused,
                "is_cancelled": False,
                "created_at": wish.created_at,
                "created_by": wish.created_by,
                "open_key": wish.dag_id,
            }
            try:
                made = connection.execute(insert(backfill).values(values)).inserted_primary_key
            except IntegrityError as error:
                message = f"DAG {wish.dag_id!r} has a backfill that is not over; wait for it or cancel it"
                raise Conflict(what="backfill", id=wish.dag_id, message=message) from error
            assert made is not None
            rows = [
                {
                    "backfill_id": made[0],
                    "position": slot.position,
                    "logical_date": slot.interval.start,
                    "data_interval_end": slot.interval.end,
                    "outcome": slot.outcome.value,
                }
                for slot in slots
            ]
            if rows:
                connection.execute(insert(backfill_slot), rows)
            return _told(connection, int(made[0]))

        return self._db.write(body)

    def backfill(self, number: int) -> Backfill:
        """One backfill; raises ``NotFound``."""
        return self._db.read(lambda connection: _load(connection, number))

    def list_backfills(
        self, dag_id: DagId | None, limit: int, offset: int, *, open_only: bool = False, oldest_first: bool = False
    ) -> tuple[Sequence[Backfill], int]:
        """Backfills, newest first unless said otherwise, and the number of all of them."""
        matches = [backfill.c.dag_id == dag_id] if dag_id is not None else []
        if open_only:
            matches.append(backfill.c.ended_at.is_(None))
        order = backfill.c.id if oldest_first else backfill.c.id.desc()

        def body(connection: Connection) -> tuple[list[Backfill], int]:
            query = _SELECT.where(*matches).order_by(order).limit(limit).offset(offset)
            rows = connection.execute(query).all()
            total = connection.execute(select(func.count()).select_from(backfill).where(*matches)).scalar_one()
            counts = _counts(connection, [row.id for row in rows])
            return [_backfill_from(row, counts[row.id]) for row in rows], total

        return self._db.read(body)

    def backfill_slots(self, number: int, limit: int, offset: int) -> tuple[Sequence[BackfillSlot], int]:
        """The dates of a backfill in the order of work, with their runs; raises ``NotFound``."""

        def body(connection: Connection) -> tuple[Sequence[BackfillSlot], int]:
            found = _load(connection, number)
            query = select(backfill_slot).where(backfill_slot.c.backfill_id == number)
            rows = connection.execute(query.order_by(backfill_slot.c.position).limit(limit).offset(offset)).all()
            return _with_existing(connection, found.dag_id, rows), sum(found.counts.values())

        return self._db.read(body)

    def set_backfill_paused(self, number: int, is_paused: bool) -> Backfill:
        """Let a backfill make no further runs, or go on; raises ``NotFound``, or ``Conflict`` if it is over."""

        def body(connection: Connection) -> Backfill:
            _still_open(connection, number)
            connection.execute(update(backfill).where(backfill.c.id == number).values(is_paused=is_paused))
            return _told(connection, number)

        return self._db.write(body)

    def cancel_backfill(self, number: int) -> Backfill:
        """Make no further runs and end those that have not started; running ones go on.

        Raises ``NotFound``, or ``Conflict`` if it is over.
        """

        def body(connection: Connection) -> Backfill:
            _still_open(connection, number)
            connection.execute(
                update(backfill)
                .where(backfill.c.id == number)
                .values(is_cancelled=True, ended_at=DatabaseNow(), open_key=None)
            )
            connection.execute(
                update(backfill_slot)
                .where(backfill_slot.c.backfill_id == number, backfill_slot.c.outcome == SlotOutcome.PENDING.value)
                .values(outcome=SlotOutcome.CANCELLED.value)
            )
            connection.execute(
                update(dag_run)
                .where(dag_run.c.backfill_id == number, dag_run.c.state == RunState.QUEUED.value)
                .values(is_cancel_requested=True)
            )
            return _told(connection, number)

        return self._db.write(body)


def _load(connection: Connection, number: int) -> Backfill:
    row = connection.execute(_ONE, {"of_id": number}).one_or_none()
    if row is None:
        raise NotFound(what="backfill", id=str(number))
    return _backfill_from(row, _counts(connection, [number])[number])


def _told(connection: Connection, number: int) -> Backfill:
    """The backfill after a change; watchers are told of it."""
    found = _load(connection, number)
    feed.append(connection, [backfill_news(found.dag_id, number)])
    return found


def _still_open(connection: Connection, number: int) -> Backfill:
    found = _load(connection, number)
    if found.ended_at is not None:
        raise Conflict(what="backfill", id=str(number), message=f"backfill {number} is over: it is {found.state}")
    return found


def _counts(connection: Connection, numbers: Sequence[int]) -> dict[int, dict[str, int]]:
    counts: dict[int, dict[str, int]] = {number: {} for number in numbers}
    for number, outcome, count in connection.execute(_COUNTS, {"ids": list(numbers)}):
        counts[number][outcome] = count
    return counts


def _backfill_from(row: Any, counts: Mapping[str, int]) -> Backfill:
    conf: Mapping[str, Json] = MappingProxyType(row.conf)
    return Backfill(
        backfill_id=row.id,
        dag_id=DagId(row.dag_id),
        first=row.first,
        last=row.last,
        reprocess=Reprocess(row.reprocess),
        is_backwards=bool(row.is_backwards),
        max_active=row.max_active,
        conf=conf,
        is_paused=bool(row.is_paused),
        is_cancelled=bool(row.is_cancelled),
        created_at=row.created_at,
        created_by=row.created_by,
        ended_at=row.ended_at,
        counts=MappingProxyType(dict(counts)),
    )


def _with_existing(connection: Connection, dag_id: str, rows: Sequence[Any]) -> tuple[BackfillSlot, ...]:
    slots = [
        BackfillSlot(
            row.position,
            Upcoming(row.logical_date, row.data_interval_end, row.data_interval_end),
            SlotOutcome(row.outcome),
            row.run_id,
        )
        for row in rows
    ]
    return _join(slots, _runs_at(connection, dag_id, [slot.interval.start for slot in slots]))


def _join(slots: Sequence[BackfillSlot], existing: Mapping[datetime, ExistingRun]) -> tuple[BackfillSlot, ...]:
    return tuple(
        BackfillSlot(slot.position, slot.interval, slot.outcome, slot.run_id, existing.get(slot.interval.start))
        for slot in slots
    )


def _runs_at(connection: Connection, dag_id: str, dates: Sequence[datetime]) -> dict[datetime, ExistingRun]:
    """The newest run of each of these logical dates."""
    found: dict[datetime, ExistingRun] = {}
    for start in range(0, len(dates), 500):
        query = (
            select(dag_run.c.logical_date, dag_run.c.run_id, dag_run.c.state)
            .where(dag_run.c.dag_id == dag_id, dag_run.c.logical_date.in_(dates[start : start + 500]))
            .order_by(dag_run.c.id)
        )
        for logical_date, run_id, state in connection.execute(query):
            found[logical_date] = ExistingRun(RunId(run_id), RunState(state))
    return found
