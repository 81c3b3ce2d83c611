"""``airflow.utils.timezone``: aware times, the deployment's zone, which is UTC."""

import datetime as dt
from typing import Any, TypeGuard

import pendulum
from dateutil.relativedelta import relativedelta

TIMEZONE = pendulum.timezone("UTC")
"""The zone of times that name none."""

utc = TIMEZONE
utc_epoch = dt.datetime(1970, 1, 1, tzinfo=utc)


def is_localized(value: dt.datetime) -> bool:
    """Whether it has a zone."""
    return value.utcoffset() is not None


def is_naive(value: dt.datetime) -> bool:
    """Whether it has none."""
    return value.utcoffset() is None


def utcnow() -> pendulum.DateTime:
    """Now."""
    return pendulum.now(utc)


def convert_to_utc(value: dt.datetime | None) -> pendulum.DateTime | None:
    """The same instant in UTC; without zone it is taken for the deployment's."""
    if value is None:
        return None
    aware: dt.datetime = make_aware(value)
    return pendulum.instance(aware.astimezone(dt.UTC))


def make_aware(value: dt.datetime | None, timezone: Any = None) -> Any:
    """The same time of day in a zone, by default the deployment's; one that is aware already stays as it is."""
    if value is None:
        return None
    if is_localized(value):
        if timezone is not None:
            message = f"make_aware expects a naive datetime, got {value}"
            raise ValueError(message)
        return pendulum.instance(value)
    zone = timezone if timezone is not None else TIMEZONE
    if isinstance(zone, str):
        zone = pendulum.timezone(zone)
    return pendulum.instance(value.replace(tzinfo=zone))


def make_naive(value: dt.datetime, timezone: Any = None) -> dt.datetime:
    """The time of day in a zone, without it."""
    if is_naive(value):
        raise ValueError("make_naive() cannot be applied to a naive datetime")
    local = value.astimezone(timezone if timezone is not None else TIMEZONE)
    return local.replace(tzinfo=None)


def datetime(*args: Any, **kwargs: Any) -> dt.datetime:
    """As ``datetime.datetime``, in the deployment's zone unless another is given."""
    kwargs.setdefault("tzinfo", TIMEZONE)
    return dt.datetime(*args, **kwargs)  # noqa: DTZ001  # it has one by now


def parse(string: str, timezone: Any = None, *, strict: bool = False) -> pendulum.DateTime:
    """A text as an aware time."""
    found = pendulum.parse(string, tz=timezone or TIMEZONE, strict=strict)
    if not _is_moment(found):
        message = f"{string!r} is no date"
        raise ValueError(message)
    return found


def _is_moment(value: object) -> TypeGuard[pendulum.DateTime]:
    return isinstance(value, pendulum.DateTime)


def coerce_datetime(value: dt.datetime | None, tz: Any = None) -> pendulum.DateTime | None:
    """An aware pendulum time of whatever time it is."""
    if value is None:
        return None
    made: pendulum.DateTime = make_aware(value)
    return made if tz is None else made.in_timezone(tz)


def td_format(td_object: dt.timedelta | float | None) -> str | None:
    """A span in words such as ``1h:5M``."""
    if not td_object:
        return None
    if isinstance(td_object, dt.timedelta):
        delta = relativedelta() + td_object
    else:
        delta = relativedelta(seconds=int(td_object))
    delta = delta.normalized()
    units = {"years": "y", "months": "m", "days": "d", "hours": "h", "minutes": "M", "seconds": "s"}
    said = [f"{int(getattr(delta, name))}{letter}" for name, letter in units.items() if getattr(delta, name)]
    return ":".join(said) or "<1s"


def parse_timezone(name: str | int) -> Any:
    """A zone by name or offset."""
    return pendulum.timezone(name)


def local_timezone() -> Any:
    """The zone of this machine."""
    return pendulum.now().timezone


def from_timestamp(timestamp: float, tz: Any = TIMEZONE) -> pendulum.DateTime:
    """The time so many seconds after the epoch."""
    return pendulum.from_timestamp(timestamp, tz=tz)
