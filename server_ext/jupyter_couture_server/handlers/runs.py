"""Runs: list, one, trigger, cancel."""

from datetime import UTC, datetime

import msgspec

from jupyter_couture.model.browsing import RunFilter
from jupyter_couture.model.errors import InvalidRequest
from jupyter_couture.services.runs import TriggerWish
from jupyter_couture_server import present, wire, wire_browsing, wire_origins
from jupyter_couture_server.handlers.browsing import run_filter
from jupyter_couture_server.route import Call, NoQuery, Reply


def list_runs(call: Call[wire_browsing.RunListQuery, None]) -> wire.RunListReply:
    """Runs of a DAG, newest first if nothing else is asked for."""
    dag_id, query = call.ids.dag_id, call.query
    rows, total, feed_seq = call.backend.runs.page(dag_id, query.limit, query.offset)
    wanted = run_filter(query, dag_id)
    if wanted != RunFilter(dag_id=dag_id, limit=query.limit, offset=query.offset):
        rows, total, _ = call.backend.browsing.runs(wanted)
    return wire.RunListReply(runs=[present.run_info(row) for row in rows], total=total, feed_seq=feed_seq)


def get_run(call: Call[NoQuery, None]) -> wire.RunInfo:
    """One run."""
    return present.run_info(call.backend.runs.row(call.ids.run_key))


def trigger_run(call: Call[NoQuery, wire.TriggerBody]) -> Reply:
    """Make a run now. 200 instead of 201 if the idempotency key was seen before."""
    body = call.body
    row, is_new = call.backend.runs.trigger(
        TriggerWish(
            dag_id=call.ids.dag_id,
            conf=body.conf,
            logical_date=None if body.logical_date is None else _instant(body.logical_date),
            run_id=body.run_id,
            idempotency_key=body.idempotency_key,
        )
    )
    notice = call.backend.runs.notice(row.run)
    reply = wire_origins.TriggerReply(**msgspec.structs.asdict(present.run_info(row)), notice=notice)
    return Reply(reply, 201 if is_new else 200)


def cancel_run(call: Call[NoQuery, None]) -> wire.RunInfo:
    """Ask for the end of a run; its tasks are stopped in a moment."""
    return present.run_info(call.backend.runs.cancel(call.ids.run_key))


def _instant(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
        if at.tzinfo is None:
            raise ValueError("it needs an offset, such as +00:00")
        return at.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        message = f"logical_date {text!r} is no ISO 8601 time with an offset: {error}"
        raise InvalidRequest(field="$.logical_date", message=message) from None
