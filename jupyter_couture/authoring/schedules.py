"""What an author may give as ``schedule``, as a ``Schedule``."""

from datetime import UTC, datetime, timedelta, tzinfo

from cronsim import CronSim, CronSimError

from jupyter_couture.model.errors import InvalidDag
from jupyter_couture.model.policy import Schedule, ScheduleKind

PRESETS = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@quarterly": "0 0 1 */3 *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}

_SOME_DAY = datetime(2024, 1, 1, tzinfo=UTC)
_CRON_FIELDS = 5
_HOUR = timedelta(hours=1)


def read_schedule(value: object, zone: tzinfo | None, dag_id: str) -> Schedule | None:
    """``value`` as the author wrote it: None, a cron text, a preset, or a ``timedelta``.

    ``zone`` is that of the start date. Raises ``InvalidDag`` naming what cannot be read.
    """
    if value is None or value == "None":
        return None
    if isinstance(value, timedelta):
        if value <= timedelta(0):
            raise InvalidDag(dag_id=dag_id, message=f"the schedule of DAG {dag_id!r} must be longer than nothing")
        kind, label = ScheduleKind.INTERVAL, str(value)
        return Schedule(kind=kind, label=label, interval_seconds=value.total_seconds(), timezone=zone_name(zone))
    if not isinstance(value, str):
        what = type(value).__name__
        raise InvalidDag(dag_id=dag_id, message=f"the schedule of DAG {dag_id!r} cannot be a {what}")
    text = " ".join(value.split())
    if text == "@none":
        return None
    if text in ("@once", "@continuous"):
        return Schedule(kind=ScheduleKind(text[1:]), label=text, timezone=zone_name(zone))
    expression = PRESETS.get(text, text)
    _check_cron(expression, text, dag_id)
    return Schedule(kind=ScheduleKind.CRON, label=text, expression=expression, timezone=zone_name(zone))


def _check_cron(expression: str, label: str, dag_id: str) -> None:
    if len(expression.split()) != _CRON_FIELDS:
        reason = "a cron text has five fields"
    else:
        try:
            CronSim(expression, _SOME_DAY)
        except CronSimError as error:
            reason = str(error)
        else:
            return
    presets = ", ".join((*PRESETS, "@once", "@continuous"))
    hint = f"; presets are {presets}" if label.startswith("@") else ""
    raise InvalidDag(dag_id=dag_id, message=f"schedule {label!r} of DAG {dag_id!r} is not usable: {reason}{hint}")


def zone_name(zone: tzinfo | None) -> str:
    """The IANA name of a time zone; raises ``InvalidDag`` for an offset that has none."""
    if zone is None or zone is UTC:
        return "UTC"
    for attribute in ("key", "zone", "name"):
        name = getattr(zone, attribute, None)
        if isinstance(name, str) and name:
            return name
    offset = zone.utcoffset(None) or timedelta(0)
    if offset % _HOUR:
        raise InvalidDag(message=f"time zone {zone} of start_date has no name; use zoneinfo.ZoneInfo('Area/City')")
    hours = offset // _HOUR
    return f"Etc/GMT{-hours:+d}" if hours else "UTC"  # the sign of these names is reversed, by old custom
