"""Template fields, rendered in the payload and nowhere else.

The sandbox stops escapes, not waste of time and memory: those are bounded by the attempt's own timeout and limits.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from jinja2 import BaseLoader, ChoiceLoader, FileSystemLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from jupyter_couture.authoring.references import Reference, resolve
from jupyter_couture.model.dag import Json

_SHOWN_CHARACTERS = 20_000


class Templated(Protocol):
    """What rendering needs to know of an operator."""

    @property
    def template_fields(self) -> Sequence[str]:
        """Names of the attributes to render."""
        ...

    @property
    def template_ext(self) -> Sequence[str]:
        """How names of template files end."""
        ...


@cache
def environment(folders: tuple[str, ...]) -> ImmutableSandboxedEnvironment:
    """The template environment; ``folders`` are where template files are looked for."""
    loader: BaseLoader = ChoiceLoader([FileSystemLoader(folder) for folder in folders])
    made = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined, loader=loader, keep_trailing_newline=True, cache_size=400
    )
    made.filters.update(_FILTERS)
    return made


def render_fields(operator: Templated, context: Mapping[str, Any], folders: Iterable[str]) -> dict[str, Json]:
    """Render every template field of ``operator`` in place, with other tasks' values; the fields as people see them."""
    env = environment(tuple(folders))
    shown: dict[str, Json] = {}
    for name in operator.template_fields:
        if not hasattr(operator, name):
            continue
        before = getattr(operator, name)
        after = resolve(render(env, before, context, tuple(operator.template_ext)), context)
        if after is not before:
            setattr(operator, name, after)
        shown[name] = as_json(after)
    return shown


def render(
    env: ImmutableSandboxedEnvironment, value: Any, context: Mapping[str, Any], endings: tuple[str, ...] = ()
) -> Any:
    """``value`` with every string in it rendered, or read from a template file if it ends like one."""
    if isinstance(value, str):
        if endings and value.endswith(endings):
            return env.get_template(value).render(context)
        return env.from_string(value).render(context) if "{" in value else value
    if isinstance(value, list):
        return [render(env, item, context, endings) for item in value]
    if type(value) is tuple:
        return tuple(render(env, item, context, endings) for item in value)
    if isinstance(value, dict):
        return {name: render(env, item, context, endings) for name, item in value.items()}
    return value


def as_json(value: Any, depth: int = 8) -> Json:
    """A value as JSON types for people to read; what has no JSON form is shown as its text."""
    match value:
        case None | bool() | int() | float():
            return value
        case str():
            return value if len(value) <= _SHOWN_CHARACTERS else value[:_SHOWN_CHARACTERS] + "…"
        case datetime():
            return value.isoformat()
        case timedelta() | Path() | Reference():
            return str(value)
        case Mapping() if depth:
            return {str(name): as_json(item, depth - 1) for name, item in value.items()}
        case list() | tuple() | set() | frozenset() if depth:
            return [as_json(item, depth - 1) for item in value]
        case _ if callable(value):
            return getattr(value, "__qualname__", type(value).__name__)
    return as_json(repr(value))


def strict_json(value: Any) -> Json:
    """The value as it comes back from JSON; raises ``TypeError`` or ``ValueError`` if it has no JSON form."""
    result: Json = json.loads(json.dumps(value, allow_nan=False))
    return result


def _ds(value: datetime) -> str:
    return value.strftime("%Y-%m-%d")


def _ds_nodash(value: datetime) -> str:
    return value.strftime("%Y%m%d")


def _ts(value: datetime) -> str:
    return value.isoformat()


def _ts_nodash(value: datetime) -> str:
    return value.strftime("%Y%m%dT%H%M%S")


_FILTERS = {"ds": _ds, "ds_nodash": _ds_nodash, "ts": _ts, "ts_nodash": _ts_nodash}
