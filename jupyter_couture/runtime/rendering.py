"""Template fields, rendered in the payload and nowhere else.

The sandbox stops escapes; ``limits`` bounds the time and memory that a template may waste.
"""

import json
from collections import ChainMap
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Protocol, cast

from jinja2 import Environment, Template

from jupyter_couture.authoring.references import Reference, resolve
from jupyter_couture.authoring.templating import render_with
from jupyter_couture.model.dag import Json
from jupyter_couture.runtime.limits import Limits, bounded
from jupyter_couture.runtime.sandbox import make_environment

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
def environment(folders: tuple[str, ...]) -> Environment:
    """The template environment of DAGs that ask for nothing special; ``folders`` hold template files."""
    return make_environment(folders)


def environment_of(operator: object, folders: tuple[str, ...]) -> Environment:
    """The template environment of an operator, as its DAG wants it."""
    dag = getattr(operator, "dag", None)
    is_native = getattr(operator, "render_template_as_native_obj", None)
    if is_native is None:
        is_native = getattr(dag, "render_template_as_native_obj", False)
    names = ("template_searchpath", "template_undefined", "jinja_environment_kwargs")
    macros = getattr(dag, "user_defined_macros", None) or {}
    filters = getattr(dag, "user_defined_filters", None) or {}
    if not (is_native or macros or filters or any(getattr(dag, name, None) for name in names)):
        return environment(folders)
    return make_environment(
        (*folders, *(getattr(dag, "template_searchpath", None) or ())),
        is_native=bool(is_native),
        undefined=getattr(dag, "template_undefined", None),
        options=getattr(dag, "jinja_environment_kwargs", None) or {},
        names=macros,
        filters=filters,
    )


def render_fields(
    operator: Templated, context: Mapping[str, Any], folders: Iterable[str], limits: Limits | None = None
) -> dict[str, Json]:
    """Render every template field of ``operator`` in place, with other tasks' values; the fields as people see them.

    Within ``limits``, if given: raises ``TemplateTooDear`` or ``MemoryError`` beyond them.
    """
    prepare = getattr(operator, "prepare_template", None)
    if prepare is not None:
        prepare()
    fields = [name for name in operator.template_fields if hasattr(operator, name)]
    endings = tuple(operator.template_ext)
    is_needed = any(may_hold_template(getattr(operator, name), endings) for name in fields)
    env = environment_of(operator, tuple(folders)) if is_needed else None
    with bounded(limits if is_needed else None):
        for name in fields:
            before = getattr(operator, name)
            after = resolve(_render(env, before, context, endings, set()), context)
            if after is not before:
                setattr(operator, name, after)
        return {name: as_json(getattr(operator, name)) for name in fields}


def may_hold_template(value: Any, endings: tuple[str, ...]) -> bool:
    """Whether a value may hold something to render; whatever is not plain data may."""
    if isinstance(value, str):
        return "{" in value or bool(endings and value.endswith(endings))
    if isinstance(value, list | tuple | set):
        return any(may_hold_template(item, endings) for item in value)
    if isinstance(value, dict):
        return any(may_hold_template(item, endings) for item in value.values())
    return hasattr(value, "template_fields")


def render(env: Environment, value: Any, context: Mapping[str, Any], endings: tuple[str, ...] = ()) -> Any:
    """``value`` with every string in it rendered, or read from a template file if it ends like one.

    Looks into lists, tuples, sets, dicts, and objects that name ``template_fields`` of their own. References (and so
    what ``literal`` protects) are left to ``resolve``.
    """
    return _render(env, value, context, endings, set())


def _render(
    env: Environment | None, value: Any, context: Mapping[str, Any], endings: tuple[str, ...], seen: set[int]
) -> Any:
    """Without an environment nothing is rendered: the author's lists and dicts are copied all the same."""
    if isinstance(value, str):
        if env is None:
            return value
        if endings and value.endswith(endings):
            return _fill(env.get_template(value), context)
        return _fill(env.from_string(value), context) if "{" in value else value
    if isinstance(value, list):
        return [_render(env, item, context, endings, seen) for item in value]
    if isinstance(value, tuple):
        items = [_render(env, item, context, endings, seen) for item in value]
        return type(value)(*items) if hasattr(value, "_fields") else tuple(items)
    if isinstance(value, dict):
        return {name: _render(env, item, context, endings, seen) for name, item in value.items()}
    if isinstance(value, set):
        return {_render(env, item, context, endings, seen) for item in value}
    if hasattr(value, "template_fields") and not isinstance(value, Reference) and id(value) not in seen:
        seen.add(id(value))
        for name in value.template_fields:
            if hasattr(value, name):
                setattr(value, name, _render(env, getattr(value, name), context, endings, seen))
    return value


def _fill(template: Template, context: Mapping[str, Any]) -> Any:
    """As ``template.render``, but without asking for all of the context beforehand: parts of it cost something."""
    env = template.environment
    scope = cast("dict[str, Any]", ChainMap(cast("dict[str, Any]", context), cast("dict[str, Any]", template.globals)))
    try:
        return env.concat(template.root_render_func(env.context_class(env, scope, template.name, template.blocks)))
    except Exception:  # noqa: BLE001  # raised again, with the template's own lines in the traceback
        env.handle_exception()


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
        case list() | tuple() | set() | frozenset() if depth:
            return [as_json(item, depth - 1) for item in value]
        case dict() | Mapping() if depth:
            return {str(name): as_json(item, depth - 1) for name, item in value.items()}
        case _ if callable(value):
            return getattr(value, "__qualname__", type(value).__name__)
    return as_json(repr(value))


def strict_json(value: Any) -> Json:
    """The value as it comes back from JSON; raises ``TypeError`` or ``ValueError`` if it has no JSON form."""
    result: Json = json.loads(json.dumps(value, allow_nan=False))
    return result


class OwnRenderer:
    """Implements ``authoring.templating.Renderer``."""

    def render(self, operator: Any, value: Any, context: Mapping[str, Any]) -> Any:
        """As the operator's fields are rendered."""
        return render(self.environment(operator), value, context, tuple(operator.template_ext))

    def environment(self, operator: Any) -> Environment:
        """As its DAG wants it."""
        folder = getattr(operator.dag, "folder", "")
        return environment_of(operator, (folder,) if folder else ())


render_with(OwnRenderer())
