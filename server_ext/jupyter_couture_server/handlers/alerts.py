"""Missed deadlines, mails, callbacks outside of tasks."""

from datetime import UTC, datetime
from typing import Any

from jupyter_couture.model.alerts import AlertQuery, CallbackRow, MailKind, MailRow, MailState, SlaMissRow
from jupyter_couture.model.errors import InvalidRequest
from jupyter_couture_server import wire_alerts as wire
from jupyter_couture_server.present import instant, instant_or_none
from jupyter_couture_server.route import Call, NoQuery
from jupyter_couture_server.wire import LogReply


def list_misses(call: Call[wire.MissListQuery, None]) -> wire.MissListReply:
    """Missed deadlines, newest first."""
    query = call.query
    page = call.backend.alerts.misses(_query(query, task_id=query.task_id))
    return wire.MissListReply([_miss(row) for row in page.rows], page.total)


def get_miss(call: Call[NoQuery, Any]) -> wire.MissInfo:
    """One missed deadline."""
    return _miss(call.backend.alerts.miss(call.ids.number))


def note_miss(call: Call[NoQuery, wire.NoteBody]) -> wire.MissInfo:
    """Write a note on a missed deadline."""
    return _miss(call.backend.alerts.note(call.ids.number, call.body.note))


def list_mails(call: Call[wire.MailListQuery, None]) -> wire.MailListReply:
    """The outbox, newest first."""
    query = call.query
    kind = MailKind(query.kind) if query.kind is not None else None
    state = MailState(query.state) if query.state is not None else None
    page = call.backend.alerts.mails(_query(query, kind=kind, state=state))
    return wire.MailListReply([_mail(row) for row in page.rows], page.total)


def get_mail(call: Call[NoQuery, None]) -> wire.MailInfo:
    """One mail."""
    return _mail(call.backend.alerts.mail(call.ids.name))


def retry_mail(call: Call[NoQuery, None]) -> wire.MailInfo:
    """Have a mail tried again."""
    return _mail(call.backend.alerts.retry(call.ids.name))


def list_callbacks(call: Call[NoQuery, None]) -> wire.CallbackListReply:
    """The callbacks of a run outside of its tasks."""
    return wire.CallbackListReply([_callback(row) for row in call.backend.alerts.callbacks(call.ids.run_key)])


async def read_callback_log(call: Call[wire.CallbackLogQuery, None]) -> LogReply:
    """Part of a callback's log by byte offset, waiting for growth if asked to."""
    ids, query, backend = call.ids, call.query, call.backend
    key = await backend.workers.run(backend.alerts.callback_key, ids.run_key, ids.name)
    part = await backend.logs.read(
        ids.run_key, key, query.delivery, offset=query.offset, limit_bytes=query.limit, wait_seconds=query.wait
    )
    chunk = part.chunk
    return LogReply(chunk.text, chunk.offset, chunk.next_offset, chunk.size_bytes, part.is_complete)


def _query(query: wire.MissListQuery | wire.MailListQuery, **more: Any) -> AlertQuery:
    return AlertQuery(
        dag_id=query.dag_id,
        run_id=query.run_id,
        since=_moment(query.since, "since"),
        until=_moment(query.until, "until"),
        order_by=query.order_by.removeprefix("-"),
        is_descending=query.order_by.startswith("-"),
        limit=query.limit,
        offset=query.offset,
        **more,
    )


def _moment(text: str | None, name: str) -> datetime | None:
    """A time without zone is one of UTC."""
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text)
        return found.astimezone(UTC) if found.tzinfo is not None else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise InvalidRequest(field=f"$.{name}", message=f"{name} is no ISO 8601 time: {text!r}") from None


def _miss(row: SlaMissRow) -> wire.MissInfo:
    miss = row.miss
    return wire.MissInfo(
        number=row.number,
        dag_id=miss.dag_id,
        run_id=miss.run_id,
        task_id=miss.task_id,
        logical_date=instant(miss.logical_date),
        deadline=instant(miss.deadline),
        recorded_at=instant(miss.recorded_at),
        mail_id=miss.mail_id,
        mail_sent_at=instant_or_none(row.mail_sent_at),
        callback=miss.callback,
        called_back_at=instant_or_none(row.called_back_at),
        note=row.note,
    )


def _mail(row: MailRow) -> wire.MailInfo:
    mail = row.mail
    return wire.MailInfo(
        mail_id=mail.mail_id,
        kind=mail.kind.value,
        state=row.state.value,
        dag_id=mail.dag_id,
        run_id=mail.run_id,
        task_id=mail.task_id,
        to=list(mail.to),
        subject=mail.subject,
        text=mail.text,
        made_at=instant(mail.made_at),
        tries=row.tries,
        next_try_at=instant_or_none(row.next_try_at),
        sent_at=instant_or_none(row.sent_at),
        error=row.error,
    )


def _callback(row: CallbackRow) -> wire.CallbackInfo:
    return wire.CallbackInfo(
        key=row.key.task_id,
        name=row.name,
        task_id=row.task.task_id if row.task is not None else None,
        map_index=row.task.map_index if row.task is not None else None,
        try_number=row.try_number,
        reason=row.reason,
        made_at=instant(row.made_at),
        deliveries=row.deliveries,
        state=row.state.value,
        ended_at=instant_or_none(row.ended_at),
        error=row.error,
    )
