"""``var``, ``conn`` and ``macros`` of templates: variables, connections and small functions by name."""

import datetime as dt
import json
import random
import time
import uuid
from collections.abc import Mapping
from types import MappingProxyType, ModuleType
from typing import Any

import pendulum

from jupyter_couture.authoring.connections import Connection
from jupyter_couture.authoring.context import AttemptServices
from jupyter_couture.model.errors import NotFound

_UNSET = object()


class NotThere(AttributeError, KeyError):
    """A name that has no value; templates may give a default for it."""


class VariableAccessor:
    """``var.value.NAME`` and ``var.json.NAME``; also ``var.value['a.name']`` and ``var.value.get(NAME, default)``."""

    def __init__(self, services: AttemptServices, *, is_json: bool) -> None:
        self._services = services
        self._is_json = is_json

    def get(self, key: str, default: Any = _UNSET) -> Any:
        """The variable; ``default`` if there is none."""
        text = self._services.get_variable(key)
        if text is None:
            if default is _UNSET:
                raise NotThere(f"there is no variable {key!r}")
            return default
        return json.loads(text) if self._is_json else text

    def __getitem__(self, key: str) -> Any:
        return self.get(key)

    def __getattr__(self, key: str) -> Any:
        if key.startswith("_"):
            raise AttributeError(key)
        return self.get(key)

    def __repr__(self) -> str:
        return "<variables as JSON>" if self._is_json else "<variables>"


class ConnectionAccessor:
    """``conn.ID.host`` and so on. One that was picked by chance stays picked for the attempt."""

    def __init__(self) -> None:
        self._picked: dict[str, Connection] = {}

    def get(self, conn_id: str, default: Any = _UNSET) -> Any:
        """The connection; ``default`` if there is none."""
        if conn_id not in self._picked:
            try:
                self._picked[conn_id] = Connection.get(conn_id)
            except NotFound as error:
                if default is _UNSET:
                    raise NotThere(str(error)) from None
                return default
        return self._picked[conn_id]

    def __getitem__(self, conn_id: str) -> Any:
        return self.get(conn_id)

    def __getattr__(self, conn_id: str) -> Any:
        if conn_id.startswith("_"):
            raise AttributeError(conn_id)
        return self.get(conn_id)

    def __repr__(self) -> str:
        return "<connections>"


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

    @staticmethod
    def ds_add(ds: str, days: int) -> str:
        """The day ``days`` after ``ds`` (YYYY-MM-DD)."""
        return (dt.datetime.fromisoformat(ds) + dt.timedelta(days=days)).strftime("%Y-%m-%d") if days else ds

    @staticmethod
    def ds_format(ds: str, input_format: str, output_format: str) -> str:
        """A date text in another format."""
        return dt.datetime.strptime(ds, input_format).strftime(output_format)  # noqa: DTZ007  # a calendar day has no zone

    @staticmethod
    def ds_format_locale(ds: str, input_format: str, output_format: str, locale: str = "en") -> str:
        """A date text in another format of pendulum's, with the month and day names of a language."""
        day = pendulum.instance(dt.datetime.strptime(ds, input_format))  # noqa: DTZ007  # as above
        return day.format(output_format, locale=locale)

    @staticmethod
    def datetime_diff_for_humans(at: dt.datetime, since: dt.datetime | None = None) -> str:
        """The distance of two times, as in ``2 days ago``."""
        other = None if since is None else pendulum.instance(since)
        return pendulum.instance(at).diff_for_humans(other)


MACROS = Macros()
