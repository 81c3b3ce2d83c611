"""Where runs come from besides people: assets, backfills and custom timetables, as kept in the store."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from jupyter_couture.model.assets import Asset, AssetCursor, AssetEvent, AssetOrder
from jupyter_couture.model.backfills import Backfill, BackfillCase, BackfillSlot
from jupyter_couture.model.dag import Json
from jupyter_couture.model.ids import DagId, VersionHash
from jupyter_couture.model.policy import TimetablePoints
from jupyter_couture.model.records import DagState


class OriginStore(Protocol):
    """What the leader asks before it makes runs, and what it keeps of custom timetables."""

    def existing_dates(self, wanted: Sequence[tuple[DagId, datetime]]) -> Mapping[DagId, frozenset[datetime]]:
        """Of these logical dates those that have a run already."""
        ...

    def asset_cursors(self, dag_ids: Iterable[DagId]) -> Mapping[DagId, AssetCursor]:
        """How far each of these DAGs has come; one that is asked for the first time begins with the newest event."""
        ...

    def asset_events_after(self, number: int) -> Sequence[AssetEvent]:
        """The newest events after ``number``, oldest first; a bounded number of them."""
        ...

    def open_backfills(self) -> Sequence[BackfillCase]:
        """Backfills that are not over, each with its next dates and the number of its runs under way."""
        ...

    def set_timetable(
        self, dag_id: DagId, version: VersionHash, told: TimetablePoints, problem: str | None, at: datetime
    ) -> None:
        """Remember what the timetable of a DAG version said, or why it could say nothing."""
        ...


class ScheduleStore(Protocol):
    """What is known of the schedules of DAGs, for people."""

    def timetable(self, dag_id: DagId, version: VersionHash) -> tuple[TimetablePoints, str | None] | None:
        """What the timetable of a DAG version said, and its problem; None if it was not asked yet."""
        ...

    def dag_state(self, dag_id: DagId) -> DagState:
        """What the leader knows of an active DAG when it decides about new runs; raises ``NotFound``."""
        ...


class AssetStore(Protocol):
    """Assets and their events, for people and for task code."""

    def asset_events(self, numbers: Sequence[int]) -> Sequence[AssetEvent]:
        """The events of these numbers, in order; those that do not exist are left out."""
        ...

    def emit_asset(self, uri: str, extra: Mapping[str, Json]) -> AssetEvent:
        """Note by hand that an asset was updated; raises ``NotFound`` if no DAG ever spoke of it."""
        ...

    def list_assets(
        self, search: str, limit: int, offset: int, *, dag_id: str | None = None, order: AssetOrder = AssetOrder.URI
    ) -> tuple[Sequence[Asset], int]:
        """Assets by URI whose URI holds ``search``, whatever its case, and the number of all of them."""
        ...

    def asset(self, uri: str) -> Asset:
        """One asset; raises ``NotFound``."""
        ...

    def list_asset_events(
        self, uri: str | None, dag_id: str | None, limit: int, offset: int, *, oldest_first: bool = False
    ) -> tuple[Sequence[AssetEvent], int]:
        """Events of an asset, or made by a DAG, newest first unless said otherwise, and the number of all of them."""
        ...


class BackfillStore(Protocol):
    """Backfills, for people."""

    def slots_with_runs(self, dag_id: DagId, slots: Sequence[BackfillSlot]) -> Sequence[BackfillSlot]:
        """``slots`` with the run that each date has already."""
        ...

    def create_backfill(self, wish: Backfill, slots: Sequence[BackfillSlot]) -> Backfill:
        """Store a backfill with its dates; raises ``NotFound`` (DAG), ``Conflict`` if one of the DAG goes on."""
        ...

    def backfill(self, number: int) -> Backfill:
        """One backfill; raises ``NotFound``."""
        ...

    def list_backfills(
        self, dag_id: DagId | None, limit: int, offset: int, *, open_only: bool = False, oldest_first: bool = False
    ) -> tuple[Sequence[Backfill], int]:
        """Backfills, newest first unless said otherwise, and the number of all of them."""
        ...

    def backfill_slots(self, number: int, limit: int, offset: int) -> tuple[Sequence[BackfillSlot], int]:
        """The dates of a backfill in the order of work, with their runs; raises ``NotFound``."""
        ...

    def set_backfill_paused(self, number: int, is_paused: bool) -> Backfill:
        """Let a backfill make no further runs, or go on; raises ``NotFound``, or ``Conflict`` if it is over."""
        ...

    def cancel_backfill(self, number: int) -> Backfill:
        """Make no further runs and end those that have not started; raises ``NotFound`` or ``Conflict``."""
        ...
