"""``macros`` of templates: small functions and modules by name, as Airflow has them."""

import datetime as dt
import json
import random
import time
import uuid
from collections.abc import Callable, Mapping
from types import MappingProxyType, ModuleType
from typing import Any

import pendulum


class Names:
    """Some functions of a module. The module itself would let a template reach everything it imports."""

    def __init__(self, names: Mapping[str, Any]) -> None:
        self.__dict__.update(names)

    @classmethod
    def of(cls, module: ModuleType, *names: str) -> "Names":
        """The given names of a module."""
        return cls({name: getattr(module, name) for name in names})


class DateUtil:
    """``macros.dateutil``: ``parser.parse`` and ``relativedelta.relativedelta``; read when first used."""

    @property
    def parser(self) -> Names:
        """Reading dates."""
        from dateutil import parser  # noqa: PLC0415  # 20 ms that most tasks do not need

        return Names.of(parser, "parse", "isoparse")

    @property
    def relativedelta(self) -> Names:
        """Adding months."""
        from dateutil import relativedelta  # noqa: PLC0415  # as above

        return Names.of(relativedelta, "relativedelta", "MO", "TU", "WE", "TH", "FR", "SA", "SU")


def ds_add(ds: str, days: int) -> str:
    """The day ``days`` after ``ds`` (YYYY-MM-DD)."""
    return (dt.datetime.fromisoformat(ds) + dt.timedelta(days=days)).strftime("%Y-%m-%d") if days else ds


def ds_format(ds: str, input_format: str, output_format: str) -> str:
    """A date text in another format."""
    return dt.datetime.strptime(ds, input_format).strftime(output_format)  # noqa: DTZ007  # a calendar day has no zone


def ds_format_locale(ds: str, input_format: str, output_format: str, locale: str = "en") -> str:
    """A date text in another format of pendulum's, with the month and day names of a language."""
    day = pendulum.instance(dt.datetime.strptime(ds, input_format))  # noqa: DTZ007  # as above
    return day.format(output_format, locale=locale)


def datetime_diff_for_humans(at: dt.datetime, since: dt.datetime | None = None) -> str:
    """The distance of two times, as in ``2 days ago``."""
    other = None if since is None else pendulum.instance(since)
    return pendulum.instance(at).diff_for_humans(other)


MoreMacros = Callable[[str], Mapping[str, Any] | None]

_sources: list[MoreMacros] = []


def look_also_in(source: MoreMacros) -> None:
    """Ask ``source`` for names that ``macros`` lacks: it gives functions by their names, or None."""
    if source not in _sources:
        _sources.append(source)


class Macros:
    """Small helpers for templates, by Airflow's names."""

    datetime = dt.datetime
    timedelta = dt.timedelta
    dateutil = DateUtil()
    json = Names.of(json, "loads", "dumps")
    time = Names.of(time, "time", "sleep", "strftime", "strptime", "gmtime", "localtime", "mktime", "monotonic")
    uuid = Names.of(uuid, "UUID", "uuid1", "uuid3", "uuid4", "uuid5", "NAMESPACE_DNS", "NAMESPACE_URL")
    random = staticmethod(random.random)

    def __init__(self, more: Mapping[str, Any] = MappingProxyType({})) -> None:
        self.__dict__.update(more)

    ds_add = staticmethod(ds_add)
    ds_format = staticmethod(ds_format)
    ds_format_locale = staticmethod(ds_format_locale)
    datetime_diff_for_humans = staticmethod(datetime_diff_for_humans)

    def __getattr__(self, name: str) -> Names:
        if not name.startswith("_"):
            for source in _sources:
                found = source(name)
                if found is not None:
                    return Names(found)
        raise AttributeError(f"there is no macro {name!r}")


MACROS = Macros()
