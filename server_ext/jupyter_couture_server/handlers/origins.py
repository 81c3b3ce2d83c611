"""Where runs come from: assets and their events, backfills, schedules."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from jupyter_couture.model.assets import Asset, AssetEvent, AssetOrder
from jupyter_couture.model.backfills import Backfill, BackfillSlot, Reprocess, SlotOutcome
from jupyter_couture.model.errors import InvalidRequest
from jupyter_couture.model.ids import dag_id
from jupyter_couture.services.backfills import BackfillWish
from jupyter_couture_server import wire_origins as wire
from jupyter_couture_server.present import instant, instant_or_none, plain
from jupyter_couture_server.route import Call, NoQuery

_PREVIEWED = 1000


def list_assets(call: Call[wire.AssetListQuery, None]) -> wire.AssetListReply:
    """Assets by URI."""
    query = call.query
    order = AssetOrder(query.order_by)
    rows, total = call.backend.assets.page(query.search, query.limit, query.offset, dag_id=query.dag_id, order=order)
    return wire.AssetListReply([_asset(row) for row in rows], total)


def list_asset_events(call: Call[wire.AssetEventListQuery, None]) -> wire.AssetEventListReply:
    """Events of assets."""
    query = call.query
    events, total = call.backend.assets.events(
        query.uri, query.dag_id, query.limit, query.offset, oldest_first=query.order_by == "number"
    )
    return wire.AssetEventListReply([_event(event) for event in events], total)


def emit_asset_event(call: Call[NoQuery, wire.AssetEventBody]) -> wire.AssetEventInfo:
    """Say that an asset was updated."""
    return _event(call.backend.assets.emit(call.body.uri, call.body.extra))


def list_run_asset_events(call: Call[wire.PageQuery, None]) -> wire.AssetEventListReply:
    """The events a run was made for."""
    numbers = call.backend.runs.row(call.ids.run_key).run.asset_events
    events = call.backend.adapters.store.asset_events(numbers)
    page = events[call.query.offset : call.query.offset + call.query.limit]
    return wire.AssetEventListReply([_event(event) for event in page], len(events))


def list_backfills(call: Call[wire.BackfillListQuery, None]) -> wire.BackfillListReply:
    """Backfills, newest first."""
    query = call.query
    wanted = None if query.dag_id is None else dag_id(query.dag_id)
    is_oldest_first = query.order_by == "backfill_id"
    rows, total = call.backend.backfills.page(
        wanted, query.limit, query.offset, open_only=query.open, oldest_first=is_oldest_first
    )
    return wire.BackfillListReply([_backfill(row) for row in rows], total)


def get_backfill(call: Call[NoQuery, None]) -> wire.BackfillInfo:
    """One backfill."""
    return _backfill(call.backend.backfills.one(call.ids.number))


def list_backfill_slots(call: Call[wire.PageQuery, None]) -> wire.BackfillSlotListReply:
    """The dates of a backfill in the order of work."""
    slots, total = call.backend.backfills.slots(call.ids.number, call.query.limit, call.query.offset)
    return wire.BackfillSlotListReply([_slot(slot, slot.outcome) for slot in slots], total)


def preview_backfill(call: Call[NoQuery, wire.BackfillPreviewBody]) -> wire.BackfillPreviewReply:
    """What a backfill would do. Makes nothing."""
    found = call.backend.backfills.preview(_wish(call.body))
    slots = [_slot(slot, outcome) for slot, outcome in found.steps[:_PREVIEWED]]
    return wire.BackfillPreviewReply(slots, len(found.steps), found.counts, found.token)


def create_backfill(call: Call[NoQuery, wire.BackfillBody]) -> wire.BackfillInfo:
    """Start a backfill."""
    return _backfill(call.backend.backfills.create(_wish(call.body), call.actor.name, call.body.expect))


def pause_backfill(call: Call[NoQuery, None]) -> wire.BackfillInfo:
    """Make no further runs for now."""
    return _backfill(call.backend.backfills.set_paused(call.ids.number, True))


def resume_backfill(call: Call[NoQuery, None]) -> wire.BackfillInfo:
    """Go on with a paused backfill."""
    return _backfill(call.backend.backfills.set_paused(call.ids.number, False))


def cancel_backfill(call: Call[NoQuery, None]) -> wire.BackfillInfo:
    """Make no further runs; running ones go on."""
    return _backfill(call.backend.backfills.cancel(call.ids.number))


def list_next_runs(call: Call[wire.NextRunsQuery, None]) -> wire.NextRunsReply:
    """When a DAG runs next."""
    found = call.backend.schedules.next_runs(call.ids.dag_id, call.query.count)
    zone = ZoneInfo(found.timezone)
    runs = [
        wire.NextRunInfo(
            logical_date=instant(slot.start),
            data_interval_start=instant(slot.start),
            data_interval_end=instant(slot.end),
            due_at=instant(slot.due_at),
            local_time=slot.due_at.astimezone(zone).isoformat(),
        )
        for slot in found.runs
    ]
    label = found.schedule.label if found.schedule is not None else None
    return wire.NextRunsReply(found.dag_id, label, found.timezone, found.is_paused, found.problem, runs)


def _asset(row: Asset) -> wire.AssetInfo:
    def users(found: tuple[tuple[str, str], ...]) -> list[wire.AssetTaskInfo]:
        return [wire.AssetTaskInfo(owner, task or None) for owner, task in found]

    return wire.AssetInfo(
        uri=row.uri,
        name=row.name,
        group=row.group,
        extra=plain(row.extra),
        producers=users(row.producers),
        consumers=users(row.consumers),
        event_count=row.event_count,
        last_event_at=instant_or_none(row.last_event_at),
    )


def _event(event: AssetEvent) -> wire.AssetEventInfo:
    source = event.source
    return wire.AssetEventInfo(
        number=event.number,
        uri=event.uri,
        at=instant(event.at),
        extra=plain(event.extra),
        source_dag_id=source.dag_id if source else None,
        source_run_id=source.run_id if source else None,
        source_task_id=source.task_id if source else None,
        source_map_index=source.map_index if source else None,
    )


def _backfill(row: Backfill) -> wire.BackfillInfo:
    return wire.BackfillInfo(
        backfill_id=row.backfill_id,
        dag_id=row.dag_id,
        from_date=instant(row.first),
        to_date=instant(row.last),
        state=row.state,
        reprocess=row.reprocess.value,
        run_backwards=row.is_backwards,
        max_active_runs=row.max_active,
        conf=plain(row.conf),
        created_at=instant(row.created_at),
        created_by=row.created_by,
        ended_at=instant_or_none(row.ended_at),
        counts=dict(row.counts),
    )


def _slot(slot: BackfillSlot, outcome: SlotOutcome) -> wire.BackfillSlotInfo:
    return wire.BackfillSlotInfo(
        logical_date=instant(slot.interval.start),
        data_interval_end=instant(slot.interval.end),
        outcome=outcome.value,
        run_id=slot.run_id or (slot.existing.run_id if slot.existing else None),
        run_state=slot.existing.state.value if slot.existing else None,
    )


def _wish(body: wire.BackfillPreviewBody) -> BackfillWish:
    return BackfillWish(
        dag_id=dag_id(body.dag_id),
        first=_date(body.from_date, "from_date"),
        last=_date(body.to_date, "to_date"),
        reprocess=Reprocess(body.reprocess),
        is_backwards=body.run_backwards,
        max_active=body.max_active_runs,
        conf=body.conf,
    )


def _date(text: str, name: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
        return at.astimezone(UTC) if at.tzinfo is not None else at.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        message = f"{name} {text!r} is no ISO 8601 date; one without offset means UTC"
        raise InvalidRequest(field=f"$.{name}", message=message) from None
