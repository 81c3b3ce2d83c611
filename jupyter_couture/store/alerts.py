"""Missed deadlines, the outbox of mails, callbacks that run outside of tasks."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, bindparam, func, insert, literal, or_, select, update

from jupyter_couture.model.alerts import (
    AlertQuery,
    CallbackRow,
    Mail,
    MailKind,
    MailPage,
    MailRow,
    MailState,
    MissPage,
    SlaMiss,
    SlaMissRow,
)
from jupyter_couture.model.codec import to_document
from jupyter_couture.model.dag import Json
from jupyter_couture.model.errors import Conflict, InvalidRequest, NotFound
from jupyter_couture.model.ids import AttemptId, DagId, RunId, RunKey, TaskId, TaskKey
from jupyter_couture.model.intents import StartAttempt
from jupyter_couture.model.states import TERMINAL_RUN_STATES, AttemptState
from jupyter_couture.store.columns import DatabaseNow
from jupyter_couture.store.live import find_run, start_from
from jupyter_couture.store.part import StorePart
from jupyter_couture.store.rows import AnyRow
from jupyter_couture.store.tables import attempt, dag_run
from jupyter_couture.store.tables_alerts import callback, mail, sla_miss

_NO_CONF: Mapping[str, Json] = MappingProxyType({})

_RUN_PK = (
    select(dag_run.c.id)
    .where(dag_run.c.dag_id == bindparam("of_dag"), dag_run.c.run_id == bindparam("of_run"))
    .scalar_subquery()
)
_MISS_NAMES = ("dag_id", "run_id", "task_id", "logical_date", "deadline", "recorded_at", "mail_id", "callback_key")
_ADD_MISS = insert(sla_miss).from_select(
    _MISS_NAMES,
    select(*(bindparam(name, type_=sla_miss.c[name].type) for name in _MISS_NAMES)).where(
        ~select(literal(1))
        .select_from(sla_miss)
        .where(
            sla_miss.c.dag_id == bindparam("dag_id"),
            sla_miss.c.run_id == bindparam("run_id"),
            sla_miss.c.task_id == bindparam("task_id"),
        )
        .exists()
    ),
)
_ADD_MAIL = insert(mail)
_ADD_CALLBACK = insert(callback).values(
    {
        "run_pk": _RUN_PK,
        "made_at": DatabaseNow(),
        "open_since": DatabaseNow(),
        **{
            name: bindparam(name)
            for name in ("callback_key", "name", "task_id", "map_index", "try_number", "reason", "intent")
        },
    }
)
_OF_CALLBACK = (callback.c.run_pk == _RUN_PK, callback.c.callback_key == bindparam("of_key"))
_AGAIN = update(callback).where(*_OF_CALLBACK).values(intent=bindparam("intent"))
_DONE = update(callback).where(*_OF_CALLBACK).values(intent=None, open_since=None)
_OPEN_CALLBACKS = (
    select(callback.c.intent, dag_run.c.conf)
    .join_from(callback, dag_run, callback.c.run_pk == dag_run.c.id)
    .where(callback.c.open_since.is_not(None))
    .order_by(callback.c.open_since, callback.c.callback_key)
)
_IS_OVER = dag_run.c.state.in_([state.value for state in sorted(TERMINAL_RUN_STATES)])
_ENDED_DEADLINES = select(dag_run.c.dag_id, dag_run.c.run_id, dag_run.c.next_deadline).where(
    dag_run.c.next_deadline.is_not(None), _IS_OVER
)
_CARRIES_OUT = and_(attempt.c.run_pk == callback.c.run_pk, attempt.c.task_id == callback.c.callback_key)
_OF_MISS = (
    select(sla_miss, mail.c.sent_at, func.max(attempt.c.ended_at).label("called_back_at"))
    .outerjoin(mail, mail.c.mail_id == sla_miss.c.mail_id)
    .outerjoin(callback, callback.c.callback_key == sla_miss.c.callback_key)
    .outerjoin(
        attempt,
        and_(_CARRIES_OUT, attempt.c.state != AttemptState.LOST.value),
    )
    .group_by(sla_miss.c.id, mail.c.mail_id)
)
_FAR = timedelta(hours=2)  # no mail is put off for so long
_at = partial(bindparam, type_=mail.c.next_try_at.type)
_DUE_MAILS = (
    select(mail)
    .where(or_(mail.c.next_try_at <= _at("now"), mail.c.next_try_at > _at("far")))
    .order_by(mail.c.next_try_at, mail.c.mail_id)
    .limit(bindparam("count"))
)
_NEXT_MAIL = select(func.min(mail.c.next_try_at)).where(mail.c.next_try_at.is_not(None))
_BEGIN_TRY = (
    update(mail)
    .where(
        mail.c.mail_id == bindparam("of_mail"),
        mail.c.tries == bindparam("tries_before"),
        mail.c.next_try_at.is_not(None),
    )
    .values(tries=mail.c.tries + 1, next_try_at=bindparam("again_at", type_=mail.c.next_try_at.type))
)
_CALLBACKS_OF = (
    select(callback, attempt)
    .join_from(callback, attempt, _CARRIES_OUT)
    .where(callback.c.run_pk == bindparam("run_pk"))
    .order_by(callback.c.made_at, callback.c.callback_key, attempt.c.try_number)
)
_MISS_ORDERS = ("recorded_at", "deadline", "logical_date", "dag_id", "task_id")
_MAIL_ORDERS = ("made_at", "sent_at", "dag_id", "kind")


def add_misses(connection: Connection, misses: Sequence[SlaMiss]) -> None:
    """Record missed deadlines; those that are recorded already stay as they are."""
    if misses:
        rows = [
            {**{name: getattr(each, name) for name in _MISS_NAMES[:-1]}, "callback_key": each.callback}
            for each in misses
        ]
        connection.execute(_ADD_MISS, rows)


def add_mails(connection: Connection, mails: Sequence[Mail]) -> None:
    """Put mails into the outbox, due at once."""
    if mails:
        rows = [
            {
                "mail_id": each.mail_id,
                "kind": each.kind.value,
                "dag_id": each.dag_id,
                "run_id": each.run_id,
                "task_id": each.task_id,
                "recipients": list(each.to),
                "subject": each.subject,
                "body": each.text,
                "made_at": each.made_at,
                "tries": 0,
                "next_try_at": each.made_at,
            }
            for each in mails
        ]
        connection.execute(_ADD_MAIL, rows)


def add_callbacks(connection: Connection, starts: Sequence[StartAttempt]) -> None:
    """Write down callbacks that are to be made: what each is about, and the order of its newest attempt."""
    again = [
        {**_named(start.run_key, start.task_key), "intent": _intent(start)}
        for start in starts
        if start.callback is not None and start.try_number > 1
    ]
    if again:
        connection.execute(_AGAIN, again)
    rows = [
        {
            "of_dag": start.run_key.dag_id,
            "of_run": start.run_key.run_id,
            "callback_key": start.task_key.task_id,
            "intent": _intent(start),
            "name": start.callback.name,
            "task_id": start.callback.task.task_id if start.callback.task is not None else None,
            "map_index": start.callback.task.map_index if start.callback.task is not None else None,
            "try_number": start.callback.try_number,
            "reason": start.callback.reason,
        }
        for start in starts
        if start.callback is not None and start.try_number == 1
    ]
    if rows:
        connection.execute(_ADD_CALLBACK, rows)


def end_callbacks(connection: Connection, ended: Sequence[tuple[RunKey, TaskKey]]) -> None:
    """Write down that callbacks are done, or given up."""
    if ended:
        connection.execute(_DONE, [_named(run, key) for run, key in ended])


def _named(run: RunKey, key: TaskKey) -> dict[str, Any]:
    return {"of_dag": run.dag_id, "of_run": run.run_id, "of_key": key.task_id}


def _intent(start: StartAttempt) -> dict[str, Json]:
    return to_document(replace(start, conf=_NO_CONF))  # the run's row has it once for all


class AlertPart(StorePart):
    """What ``ports.alerts`` promises."""

    # --- the leader ---------------------------------------------------------------------------------------------------

    def open_callbacks(self) -> Sequence[StartAttempt]:
        """Callbacks whose end the leader does not know yet, as their newest attempts."""
        return self._db.read(lambda connection: [start_from(*row) for row in connection.execute(_OPEN_CALLBACKS)])

    def ended_deadlines(self) -> Sequence[tuple[RunKey, datetime]]:
        """Runs that are over and have deadlines ahead, with the next one of each."""

        def body(connection: Connection) -> list[tuple[RunKey, datetime]]:
            rows = connection.execute(_ENDED_DEADLINES)
            return [(RunKey(DagId(dag_id), RunId(run_id)), at) for dag_id, run_id, at in rows]

        return self._db.read(body)

    # --- the mailer ---------------------------------------------------------------------------------------------------

    def due_mails(self, now: datetime, limit: int) -> Sequence[MailRow]:
        """Mails whose next try is due, oldest first; one that is far ahead was put off by a clock that was wrong."""

        values = {"now": now, "far": now + _FAR, "count": limit}

        def body(connection: Connection) -> list[MailRow]:
            return [_mail_row(row) for row in connection.execute(_DUE_MAILS, values)]

        return self._db.read(body)

    def next_mail_at(self) -> datetime | None:
        """When the next mail is due; None: there is none."""
        found: datetime | None = self._db.read(lambda connection: connection.execute(_NEXT_MAIL).scalar())
        return found

    def begin_mail(self, mail_id: str, tries: int, again_at: datetime) -> bool:
        """Note that a mail that was tried ``tries`` times is being tried again; False if somebody else does that.

        Should nobody say how it went, it is due again at ``again_at``.
        """
        row = {"of_mail": mail_id, "tries_before": tries, "again_at": again_at}
        return self._db.write(lambda connection: connection.execute(_BEGIN_TRY, row).rowcount == 1)

    def end_mail(self, mail_id: str, *, sent_at: datetime | None, again_at: datetime | None, error: str) -> None:
        """Note how a try went."""
        change = update(mail).where(mail.c.mail_id == mail_id)
        values = {"sent_at": sent_at, "next_try_at": again_at, "error": error or None}
        self._db.write(lambda connection: connection.execute(change, values))

    # --- people -------------------------------------------------------------------------------------------------------

    def list_misses(self, query: AlertQuery) -> MissPage:
        """A page of missed deadlines, newest first; raises ``InvalidRequest`` for an unknown order."""
        matches = _same(query, sla_miss.c) + _between(query, sla_miss.c.recorded_at)
        order = sla_miss.c[_order(query, _MISS_ORDERS)]
        page = (
            _OF_MISS.where(*matches)
            .order_by(order.desc() if query.is_descending else order, sla_miss.c.id.desc())
            .limit(query.limit)
            .offset(query.offset)
        )
        total = select(func.count()).select_from(sla_miss).where(*matches)

        def body(connection: Connection) -> MissPage:
            rows = [_miss_row(row) for row in connection.execute(page)]
            return MissPage(rows, connection.execute(total).scalar_one())

        return self._db.read(body)

    def miss(self, number: int) -> SlaMissRow:
        """One missed deadline; raises ``NotFound``."""
        one = _OF_MISS.where(sla_miss.c.id == number)
        row = self._db.read(lambda connection: connection.execute(one).one_or_none())
        if row is None:
            raise NotFound(what="missed SLA", id=str(number))
        return _miss_row(row)

    def note_miss(self, number: int, note: str) -> None:
        """Write down what people have to say of a missed deadline; raises ``NotFound``."""
        change = update(sla_miss).where(sla_miss.c.id == number)
        if not self._db.write(lambda connection: connection.execute(change, {"note": note or None}).rowcount):
            raise NotFound(what="missed SLA", id=str(number))

    def list_mails(self, query: AlertQuery) -> MailPage:
        """A page of the outbox, newest first; raises ``InvalidRequest`` for an unknown order."""
        matches = _same(query, mail.c) + _between(query, mail.c.made_at)
        if query.kind is not None:
            matches.append(mail.c.kind == query.kind.value)
        match query.state:
            case MailState.SENT:
                matches.append(mail.c.sent_at.is_not(None))
            case MailState.WAITING:
                matches.append(mail.c.next_try_at.is_not(None))
            case MailState.UNSENT:
                matches += [mail.c.sent_at.is_(None), mail.c.next_try_at.is_(None)]
        order = mail.c[_order(query, _MAIL_ORDERS)]
        page = (
            select(mail)
            .where(*matches)
            .order_by(order.desc() if query.is_descending else order, mail.c.mail_id)
            .limit(query.limit)
            .offset(query.offset)
        )
        total = select(func.count()).select_from(mail).where(*matches)

        def body(connection: Connection) -> MailPage:
            rows = [_mail_row(row) for row in connection.execute(page)]
            return MailPage(rows, connection.execute(total).scalar_one())

        return self._db.read(body)

    def mail(self, mail_id: str) -> MailRow:
        """One mail; raises ``NotFound``."""
        one = select(mail).where(mail.c.mail_id == mail_id)
        row = self._db.read(lambda connection: connection.execute(one).one_or_none())
        if row is None:
            raise NotFound(what="mail", id=mail_id)
        return _mail_row(row)

    def retry_mail(self, mail_id: str, at: datetime) -> None:
        """Let a mail be tried again, with all its tries; raises ``NotFound``, or ``Conflict`` if it was sent."""
        found = self.mail(mail_id)
        again = update(mail).where(mail.c.mail_id == mail_id, mail.c.sent_at.is_(None))
        values = {"tries": 0, "next_try_at": at, "error": None}
        if found.sent_at is not None or not self._db.write(lambda one: one.execute(again, values).rowcount):
            raise Conflict(what="mail", id=mail_id, message=f"mail {mail_id} was sent already")

    def callbacks_of(self, key: RunKey) -> Sequence[CallbackRow]:
        """The callbacks of a run outside of its tasks, oldest first; raises ``NotFound``."""

        def body(connection: Connection) -> list[CallbackRow]:
            rows = connection.execute(_CALLBACKS_OF, {"run_pk": find_run(connection, key).id})
            found = {row.callback_key: _callback_row(key, row) for row in rows}
            return list(found.values())

        return self._db.read(body)


def _same(query: AlertQuery, columns: Any) -> list[ColumnElement[bool]]:
    matches = [columns.dag_id == query.dag_id] if query.dag_id else []
    matches += [columns.run_id == query.run_id] if query.run_id else []
    return matches + ([columns.task_id == query.task_id] if query.task_id is not None else [])


def _between(query: AlertQuery, column: Any) -> list[ColumnElement[bool]]:
    matches = [column >= query.since] if query.since is not None else []
    return matches + ([column < query.until] if query.until is not None else [])


def _order(query: AlertQuery, known: Sequence[str]) -> str:
    name = query.order_by or known[0]
    if name not in known:
        raise InvalidRequest(field="order_by", message=f"order_by is one of {', '.join(known)}")
    return name


def _miss_row(row: AnyRow) -> SlaMissRow:
    miss = SlaMiss(
        dag_id=DagId(row.dag_id),
        run_id=RunId(row.run_id),
        task_id=row.task_id,
        logical_date=row.logical_date,
        deadline=row.deadline,
        recorded_at=row.recorded_at,
        mail_id=row.mail_id,
        callback=row.callback_key,
    )
    return SlaMissRow(row.id, miss, row.note or "", row.sent_at, row.called_back_at)


def _mail_row(row: AnyRow) -> MailRow:
    found = Mail(
        mail_id=row.mail_id,
        kind=MailKind(row.kind),
        to=tuple(row.recipients),
        subject=row.subject,
        text=row.body,
        made_at=row.made_at,
        dag_id=DagId(row.dag_id),
        run_id=row.run_id,
        task_id=row.task_id,
    )
    return MailRow(found, row.tries, row.next_try_at, row.sent_at, row.error or "")


def _callback_row(key: RunKey, row: AnyRow) -> CallbackRow:
    """The newest attempt's row wins, since attempts come in their order."""
    values = row._mapping
    error = values[attempt.c.error]
    task_id = values[callback.c.task_id]
    return CallbackRow(
        key=TaskKey(TaskId(values[callback.c.callback_key])),
        run_key=key,
        name=values[callback.c.name],
        task=None if task_id is None else TaskKey(TaskId(task_id), values[callback.c.map_index]),
        try_number=values[callback.c.try_number],
        reason=values[callback.c.reason],
        made_at=values[callback.c.made_at],
        attempt_id=AttemptId(values[attempt.c.attempt_id]),
        deliveries=values[attempt.c.try_number],
        state=AttemptState(values[attempt.c.state]),
        ended_at=values[attempt.c.ended_at],
        error="" if error is None else str(error.get("message", "")),
    )
