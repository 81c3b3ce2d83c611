"""Reading the small things schedules are written with: cron texts, presets, spans, time zones."""

from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cronsim import CronSim, CronSimError

from jupyter_couture.model.errors import InvalidDag

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


def cron_of(text: str) -> str:
    """The five fields of a cron text or preset."""
    plain = " ".join(str(text).split())
    return PRESETS.get(plain, plain)


def check_cron(expression: str, label: str, dag_id: str = "") -> None:
    """Raise ``InvalidDag`` if ``expression`` cannot be read or never comes true."""
    if len(expression.split()) != _CRON_FIELDS:
        reason = "a cron text has five fields"
    else:
        try:
            next(CronSim(expression, _SOME_DAY))
        except CronSimError as error:
            reason = str(error)
        except StopIteration:
            reason = "it never comes true"
        else:
            return
    presets = ", ".join((*PRESETS, "@once", "@continuous"))
    hint = f"; presets are {presets}" if label.startswith("@") else ""
    owner = f" of DAG {dag_id!r}" if dag_id else ""
    raise InvalidDag(dag_id=dag_id or None, message=f"schedule {label!r}{owner} is not usable: {reason}{hint}")


def months_and_seconds(span: object, dag_id: str = "") -> tuple[int, float]:
    """Calendar months and seconds of a ``timedelta``, a number of seconds or a ``dateutil`` ``relativedelta``.

    Raises ``InvalidDag`` for anything else, and for spans that are not longer than nothing.
    """
    if isinstance(span, timedelta):
        months, seconds = 0, span.total_seconds()
    elif hasattr(span, "normalized") and hasattr(span, "leapdays"):
        months, seconds = _of_relativedelta(span, dag_id)
    elif isinstance(span, int | float) and not isinstance(span, bool):
        months, seconds = 0, float(span)
    else:
        raise InvalidDag(dag_id=dag_id or None, message=f"{span!r} is no time span for a schedule")
    if months < 0 or seconds < 0 or not (months or seconds):
        owner = f" of DAG {dag_id!r}" if dag_id else ""
        raise InvalidDag(dag_id=dag_id or None, message=f"the schedule{owner} must be longer than nothing")
    return months, seconds


def _of_relativedelta(span: object, dag_id: str) -> tuple[int, float]:
    fixed = ("year", "month", "day", "weekday", "hour", "minute", "second", "microsecond", "leapdays")
    if any(getattr(span, name, None) for name in fixed):
        message = "a relativedelta as schedule may have plural arguments only (months=1, not month=1)"
        raise InvalidDag(dag_id=dag_id or None, message=message)

    def part(name: str) -> float:
        return float(getattr(span, name, 0) or 0)

    months = part("years") * 12 + part("months")
    rest = timedelta(
        days=part("days"),
        hours=part("hours"),
        minutes=part("minutes"),
        seconds=part("seconds"),
        microseconds=part("microseconds"),
    )
    return int(months), rest.total_seconds()


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


def check_zone(name: str) -> str:
    """``name`` if this host knows such a time zone; else raises ``InvalidDag``."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InvalidDag(message=f"there is no time zone {name!r}; use a name such as 'Europe/Berlin'") from None
    return name
