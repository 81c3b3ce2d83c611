"""Assets, the events of their updates, and how far each DAG has come with them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from jupyter_couture.decisions.assets import uris_of, waits_for
from jupyter_couture.decisions.news import asset_news
from jupyter_couture.model.assets import ALIAS_PREFIX, MAX_URI_LENGTH, Asset, AssetCursor, AssetEvent, AssetOrder
from jupyter_couture.model.dag import DagSpec, Json
from jupyter_couture.model.depth import TOO_DEEP, is_too_deep
from jupyter_couture.model.errors import InvalidRequest, NotFound
from jupyter_couture.model.ids import DagId, RunId
from jupyter_couture.model.run import TaskRef
from jupyter_couture.store import feed
from jupyter_couture.store.columns import DatabaseNow
from jupyter_couture.store.database import Database
from jupyter_couture.store.part import StorePart
from jupyter_couture.store.tables import dag
from jupyter_couture.store.tables_origins import asset, asset_cursor, asset_event, asset_use

_TURN = 7_215_002  # of the advisory lock: event numbers become visible in their order

EVENTS_AT_ONCE = 5000
"""A DAG that waits for a second asset while the first is updated again and again gets the newest of them."""

OUTLET, INLET, SCHEDULE = "outlet", "inlet", "schedule"

_KNOWN = select(asset.c.uri).where(asset.c.uri.in_(bindparam("uris", expanding=True)))
_EVENTS = select(asset_event)
_CURSORS = select(asset_cursor).where(asset_cursor.c.dag_id.in_(bindparam("dag_ids", expanding=True)))
_MOVE_CURSOR = (
    update(asset_cursor)
    .where(asset_cursor.c.dag_id == bindparam("of_dag"))
    .values(
        number=bindparam("number"), at=func.coalesce(bindparam("at", type_=asset_cursor.c.at.type), asset_cursor.c.at)
    )
)


def add_events(connection: Connection, events: Sequence[AssetEvent], database: Database) -> None:
    """Write events, and the assets they are the first to speak of."""
    if not events:
        return
    database.take_turns(connection, _TURN)
    said: Mapping[str, Json] = {event.uri: MappingProxyType({}) for event in events}
    _note_assets(connection, database, said, max(event.at for event in events))
    connection.execute(insert(asset_event), [_event_values(event) for event in events])


def move_cursors(connection: Connection, cursors: Mapping[DagId, AssetCursor]) -> None:
    """Remember how far DAGs have come."""
    if cursors:
        rows = [{"of_dag": dag_id, "number": number, "at": at} for dag_id, (number, at) in sorted(cursors.items())]
        connection.execute(_MOVE_CURSOR, rows)


def write_uses(connection: Connection, spec: DagSpec, at: datetime, database: Database, *, is_active: bool) -> None:
    """Write down which assets the present version of a DAG deals with; a DAG that is gone deals with none."""
    connection.execute(delete(asset_use).where(asset_use.c.dag_id == spec.dag_id))
    uses = _uses_of(spec) if is_active else set()
    if uses:
        rows = [
            {"dag_id": spec.dag_id, "uri": uri, "task_id": task_id, "role": role} for uri, task_id, role in sorted(uses)
        ]
        _note_assets(connection, database, {uri: spec.assets.get(uri) for uri, _, _ in uses}, at)
        connection.execute(insert(asset_use), rows)


def _uses_of(spec: DagSpec) -> set[tuple[str, str, str]]:
    uses: set[tuple[str, str, str]] = {(uri, task.task_id, OUTLET) for task in spec.tasks for uri in task.outlets}
    uses |= {(uri, task.task_id, INLET) for task in spec.tasks for uri in task.inlets}
    condition = waits_for(spec.schedule)
    if condition is not None:
        uses |= {(uri, "", SCHEDULE) for uri in uris_of(condition)}
    return uses


def _note_assets(connection: Connection, database: Database, said: Mapping[str, Json], at: datetime) -> None:
    """Add assets not known yet, and take over what a DAG file says of known ones.

    A parse and the end of a task may be the first to speak of one at the same moment; neither fails for it.
    """
    known = set(connection.execute(_KNOWN, {"uris": list(said)}).scalars())
    fresh = [
        {"uri": uri, "first_seen_at": at, **_asset_values(uri, note)}
        for uri, note in sorted(said.items())
        if uri not in known
    ]
    if fresh and database.insert_new(connection, asset, fresh) < len(fresh):
        known.update(said)
    for uri in sorted(known):
        note = said[uri]
        if isinstance(note, Mapping) and note:
            connection.execute(update(asset).where(asset.c.uri == uri).values(_asset_values(uri, note)))


def _asset_values(uri: str, note: Json) -> dict[str, Any]:
    told = note if isinstance(note, Mapping) else {}
    name = told.get("name") or uri.removeprefix(ALIAS_PREFIX)
    return {"name": str(name), "group": str(told.get("group") or "asset")[:250], "extra": told.get("extra") or {}}


def _event_values(event: AssetEvent) -> dict[str, Any]:
    source = event.source
    return {
        "uri": event.uri,
        "at": event.at,
        "source_dag_id": source.dag_id if source else None,
        "source_run_id": source.run_id if source else None,
        "source_task_id": source.task_id if source else None,
        "source_map_index": source.map_index if source else None,
        "extra": event.extra,
    }


def _event_from(row: Any) -> AssetEvent:
    source = None
    if row.source_dag_id is not None:
        source = TaskRef(DagId(row.source_dag_id), RunId(row.source_run_id), row.source_task_id, row.source_map_index)
    return AssetEvent(uri=row.uri, at=row.at, number=row.number, source=source, extra=MappingProxyType(row.extra))


class AssetPart(StorePart):
    """What the leader, task code and people ask of assets."""

    def asset_cursors(self, dag_ids: Iterable[DagId]) -> Mapping[DagId, AssetCursor]:
        """How far each of these DAGs has come; one that is asked for the first time begins with the newest event."""
        wanted = sorted(dag_ids)

        def body(connection: Connection) -> dict[DagId, AssetCursor]:
            rows = connection.execute(_CURSORS, {"dag_ids": wanted})
            found = {row.dag_id: AssetCursor(row.number, row.at) for row in rows}
            missing = [dag_id for dag_id in wanted if dag_id not in found]
            if missing:
                newest = int(connection.execute(select(func.max(asset_event.c.number))).scalar() or 0)
                rows_to_add = [{"dag_id": dag_id, "number": newest} for dag_id in missing]
                self._db.insert_new(connection, asset_cursor, rows_to_add)
                found.update((dag_id, AssetCursor(newest)) for dag_id in missing)
            return found

        return self._db.write(body) if wanted else {}

    def asset_events_after(self, number: int) -> Sequence[AssetEvent]:
        """The newest events after ``number``, at most ``EVENTS_AT_ONCE``, oldest first."""
        query = _EVENTS.where(asset_event.c.number > number).order_by(asset_event.c.number.desc()).limit(EVENTS_AT_ONCE)
        return self._db.read(lambda connection: [_event_from(row) for row in reversed(connection.execute(query).all())])

    def asset_events(self, numbers: Sequence[int]) -> Sequence[AssetEvent]:
        """The events of these numbers, in order; those that do not exist are left out."""
        wanted = sorted(set(numbers))

        def body(connection: Connection) -> list[AssetEvent]:
            found: list[AssetEvent] = []
            for start in range(0, len(wanted), 500):
                query = _EVENTS.where(asset_event.c.number.in_(wanted[start : start + 500]))
                found += [_event_from(row) for row in connection.execute(query.order_by(asset_event.c.number))]
            return found

        return self._db.read(body)

    def emit_asset(self, uri: str, extra: Mapping[str, Json]) -> AssetEvent:
        """Note by hand that an asset was updated; raises ``NotFound`` if no DAG ever spoke of it."""
        if len(uri) > MAX_URI_LENGTH:
            raise InvalidRequest(field="$.uri", message=f"the URI of an asset has at most {MAX_URI_LENGTH} characters")
        if is_too_deep(extra):
            raise InvalidRequest(field="$.extra", message=f"extra {TOO_DEEP}")

        def body(connection: Connection) -> AssetEvent:
            if connection.execute(_KNOWN, {"uris": [uri]}).scalar() is None:
                raise NotFound(what="asset", id=uri)
            at = connection.execute(select(DatabaseNow())).scalar_one()
            event = AssetEvent(uri=uri, at=at, extra=extra)
            add_events(connection, [event], self._db)
            feed.append(connection, [asset_news(event)])
            newest = connection.execute(select(func.max(asset_event.c.number))).scalar_one()
            return AssetEvent(uri=uri, at=at, number=int(newest), extra=extra)

        return self._db.write(body)

    def list_assets(
        self, search: str, limit: int, offset: int, *, dag_id: str | None = None, order: AssetOrder = AssetOrder.URI
    ) -> tuple[Sequence[Asset], int]:
        """Assets whose URI holds ``search``, whatever its case, used by ``dag_id``; and the number of all of them."""
        matches = [asset.c.uri.icontains(search, autoescape=True)] if search else []
        if dag_id is not None:
            matches.append(asset.c.uri.in_(select(asset_use.c.uri).where(asset_use.c.dag_id == dag_id)))
        column = asset.c[order.value.removeprefix("-")]
        by = column.desc() if order.value.startswith("-") else column
        query = select(asset).where(*matches).order_by(by, asset.c.uri).limit(limit).offset(offset)

        def body(connection: Connection) -> tuple[list[Asset], int]:
            total = connection.execute(select(func.count()).select_from(asset).where(*matches)).scalar_one()
            return _with_uses(connection, connection.execute(query).all()), total

        return self._db.read(body)

    def asset(self, uri: str) -> Asset:
        """One asset; raises ``NotFound``."""

        def body(connection: Connection) -> Asset:
            rows = connection.execute(select(asset).where(asset.c.uri == uri)).all()
            if not rows:
                raise NotFound(what="asset", id=uri)
            return _with_uses(connection, rows)[0]

        return self._db.read(body)

    def list_asset_events(
        self, uri: str | None, dag_id: str | None, limit: int, offset: int, *, oldest_first: bool = False
    ) -> tuple[Sequence[AssetEvent], int]:
        """Events of an asset, or made by a DAG, newest first unless said otherwise, and the number of all of them."""
        matches = [asset_event.c.uri == uri] if uri is not None else []
        matches += [asset_event.c.source_dag_id == dag_id] if dag_id is not None else []
        order = asset_event.c.number if oldest_first else asset_event.c.number.desc()
        query = _EVENTS.where(*matches).order_by(order).limit(limit).offset(offset)

        def body(connection: Connection) -> tuple[list[AssetEvent], int]:
            total = connection.execute(select(func.count()).select_from(asset_event).where(*matches)).scalar_one()
            return [_event_from(row) for row in connection.execute(query)], total

        return self._db.read(body)


def _with_uses(connection: Connection, rows: Sequence[Any]) -> list[Asset]:
    uris = [row.uri for row in rows]
    uses: dict[str, list[Any]] = {uri: [] for uri in uris}
    query = select(asset_use).join(dag, dag.c.dag_id == asset_use.c.dag_id).where(asset_use.c.uri.in_(uris))
    for use in connection.execute(query.order_by(asset_use.c.dag_id, asset_use.c.task_id)):
        uses[use.uri].append(use)
    counts = {
        uri: (count, last)
        for uri, count, last in connection.execute(
            select(asset_event.c.uri, func.count(), func.max(asset_event.c.at))
            .where(asset_event.c.uri.in_(uris))
            .group_by(asset_event.c.uri)
        )
    }
    return [
        Asset(
            uri=row.uri,
            name=row.name,
            group=row.group,
            extra=row.extra,
            producers=tuple((use.dag_id, use.task_id) for use in uses[row.uri] if use.role == OUTLET),
            consumers=tuple((use.dag_id, use.task_id) for use in uses[row.uri] if use.role != OUTLET),
            event_count=counts.get(row.uri, (0, None))[0],
            last_event_at=counts.get(row.uri, (0, None))[1],
        )
        for row in rows
    ]
