"""The template environment: Jinja's sandbox, with Airflow's filters and without sums that fill the memory."""

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from jinja2 import BaseLoader, ChoiceLoader, Environment, FileSystemLoader, StrictUndefined
from jinja2.exceptions import SecurityError
from jinja2.nativetypes import NativeEnvironment
from jinja2.sandbox import ImmutableSandboxedEnvironment

MOST_ITEMS = 10_000_000
"""That one multiplication in a template may make."""

MOST_BITS = 1_000_000
"""Of a number that a template may raise to a power."""

_NOTHING: Mapping[str, Any] = MappingProxyType({})


class _Sandbox(ImmutableSandboxedEnvironment):
    intercepted_binops = frozenset({"*", "**"})

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """``left * right`` or ``left ** right``, unless it would be enormous."""
        if operator == "**" and isinstance(left, int) and isinstance(right, int):
            if abs(right) * left.bit_length() > MOST_BITS:
                raise SecurityError(f"{left} ** {right} is too large a number for a template")
        elif operator == "*":
            for some, times in ((left, right), (right, left)):
                is_repeated = isinstance(some, str | bytes | list | tuple) and isinstance(times, int)
                if is_repeated and len(some) * times > MOST_ITEMS:
                    raise SecurityError(f"a template may not repeat {len(some)} items {times} times")
        return super().call_binop(context, operator, left, right)


class _NativeSandbox(_Sandbox, NativeEnvironment):
    """As above; a field that is one expression becomes its value rather than its text."""


def make_environment(
    folders: tuple[str, ...],
    *,
    is_native: bool = False,
    undefined: Any = None,
    options: Mapping[str, Any] = _NOTHING,
    names: Mapping[str, Any] = _NOTHING,
    filters: Mapping[str, Callable[..., Any]] = _NOTHING,
) -> Environment:
    """A template environment; ``folders`` are where template files are looked for, in order.

    ``options`` go to Jinja's ``Environment`` and win; ``names`` and ``filters`` are the author's own.
    """
    loader: BaseLoader = ChoiceLoader([FileSystemLoader(folder) for folder in folders])
    given = {"undefined": undefined or StrictUndefined, "loader": loader, "keep_trailing_newline": True}
    made = (_NativeSandbox if is_native else _Sandbox)(**{"cache_size": 400, **given, **options})
    made.globals.update(names)
    made.filters.update(FILTERS)
    made.filters.update(filters)
    return made


def _ds(value: datetime) -> str:
    return value.strftime("%Y-%m-%d")


def _ds_nodash(value: datetime) -> str:
    return value.strftime("%Y%m%d")


def _ts(value: datetime) -> str:
    return value.isoformat()


def _ts_nodash(value: datetime) -> str:
    return value.strftime("%Y%m%dT%H%M%S")


FILTERS: Mapping[str, Callable[..., Any]] = {"ds": _ds, "ds_nodash": _ds_nodash, "ts": _ts, "ts_nodash": _ts_nodash}
