"""What an author may give as ``schedule``, as a ``Schedule``."""

from collections.abc import Iterable
from datetime import timedelta, tzinfo

from jupyter_couture.authoring.assets import Asset, AssetAlias, BaseAsset
from jupyter_couture.authoring.crons import PRESETS, check_cron, months_and_seconds, zone_name
from jupyter_couture.authoring.timetables import (
    AssetOrTimeSchedule,
    AssetTriggeredTimetable,
    NullTimetable,
    Timetable,
)
from jupyter_couture.model.errors import InvalidDag
from jupyter_couture.model.policy import Schedule, ScheduleKind

__all__ = ["PRESETS", "assets_of_schedule", "read_schedule", "timetable_of", "zone_name"]


def read_schedule(value: object, zone: tzinfo | None, dag_id: str) -> Schedule | None:
    """``value`` as the author wrote it.

    None, a cron text, a preset, a ``timedelta`` or ``relativedelta``, a timetable, an asset, a composition of assets or
    a list of them. ``zone`` is that of the start date. Raises ``InvalidDag`` naming what cannot be read.
    """
    if value is None or value == "None" or isinstance(value, NullTimetable):
        return None
    timetable = timetable_of(value)
    if timetable is not None:
        timetable.validate()
        return timetable.as_schedule()
    if isinstance(value, timedelta) or hasattr(value, "leapdays"):
        months, seconds = months_and_seconds(value, dag_id)
        return Schedule(
            kind=ScheduleKind.INTERVAL,
            label=str(value),
            interval_seconds=seconds,
            months=months,
            timezone=zone_name(zone),
        )
    if not isinstance(value, str):
        what = type(value).__name__
        raise InvalidDag(dag_id=dag_id, message=f"the schedule of DAG {dag_id!r} cannot be a {what}")
    text = " ".join(value.split())
    if text == "@none":
        return None
    if text in ("@once", "@continuous"):
        return Schedule(kind=ScheduleKind(text[1:]), label=text, timezone=zone_name(zone))
    expression = PRESETS.get(text, text)
    check_cron(expression, text, dag_id)
    return Schedule(kind=ScheduleKind.CRON, label=text, expression=expression, timezone=zone_name(zone))


def timetable_of(value: object) -> Timetable | None:
    """The timetable that ``value`` is or stands for; None if it is none."""
    if isinstance(value, Timetable):
        return value
    is_list = isinstance(value, Iterable) and not isinstance(value, str)
    if isinstance(value, BaseAsset) or is_list:
        return AssetTriggeredTimetable(value)
    return None


def assets_of_schedule(value: object) -> tuple[Asset | AssetAlias, ...]:
    """The assets that a schedule waits for."""
    timetable = timetable_of(value)
    if isinstance(timetable, AssetTriggeredTimetable | AssetOrTimeSchedule):
        return tuple(timetable.asset_condition.assets())
    return ()
