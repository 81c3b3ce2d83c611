"""``Param``: a parameter with a default and a JSON schema; and the values a run has of all its parameters.

A run's conf overrides defaults of the same name. What has a schema is checked against it when the file is parsed
(defaults), when a run is asked for, and once more before its tasks begin.
"""

import sys
from collections.abc import Mapping
from functools import cache
from typing import Any

from jupyter_couture.model.dag import Json
from jupyter_couture.model.errors import InvalidDag, InvalidRequest


class _NotSet:
    """No default: the run must say it."""

    def __repr__(self) -> str:
        return "no default"


NOT_SET = _NotSet()


class Param:
    """A parameter of a DAG or task: ``Param(5, type="integer", minimum=1, description="how many")``.

    All other keywords are those of JSON Schema (draft 2020-12), such as ``type``, ``enum``, ``minimum``, ``pattern``,
    ``items``. Without a default the run's conf must give a value. Raises ``InvalidDag`` if the default does not fit.
    """

    def __init__(
        self,
        default: Any = NOT_SET,
        description: str | None = None,
        *,
        schema: Mapping[str, Json] | None = None,
        **keywords: Json,
    ) -> None:
        self.default = default
        self.description = description
        self.schema: dict[str, Json] = {**(schema or {}), **keywords}
        if description is not None:
            self.schema.setdefault("description", description)

    @property
    def has_default(self) -> bool:
        """Whether a run need not give a value."""
        return not isinstance(self.default, _NotSet)

    @property
    def value(self) -> Any:
        """The default; None if there is none."""
        return self.default if self.has_default else None

    @property
    def has_value(self) -> bool:
        """Whether there is a default that is not None."""
        return self.value is not None

    def dump(self) -> dict[str, Any]:
        """The default, the description and the schema."""
        return {"value": self.value, "description": self.description, "schema": dict(self.schema)}

    def resolve(self, value: Any = NOT_SET, suppress_exception: bool = False) -> Any:
        """``value``, or the default, checked; raises ``InvalidRequest``, or gives None with ``suppress_exception``."""
        chosen = self.default if isinstance(value, _NotSet) else value
        try:
            check_param("value", chosen, self.schema)
        except InvalidRequest:
            if suppress_exception:
                return None
            raise
        return chosen

    def __repr__(self) -> str:
        return f"Param({self.default!r})"


class ParamsDict(dict[str, Any]):
    """Parameters by name, under the name that Airflow has for such a dict."""

    def dump(self) -> dict[str, Any]:
        """The defaults."""
        return plain_params(self)


def plain_params(params: Mapping[str, Any]) -> dict[str, Any]:
    """The defaults: what is no ``Param`` is one itself, a ``Param`` without default is None."""
    return {name: value.value if isinstance(value, Param) else value for name, value in params.items()}


def param_schemas(params: Mapping[str, Any]) -> dict[str, Json]:
    """The JSON schema of each ``Param`` that has one. One without default is marked by ``"x-required": true``."""
    found: dict[str, Json] = {}
    for name, value in params.items():
        if isinstance(value, Param) and (value.schema or not value.has_default):
            found[name] = dict(value.schema) if value.has_default else {**value.schema, REQUIRED: True}
    return found


REQUIRED = "x-required"

_SLOW = "rfc3987_syntax"


def check_defaults(owner: str, params: Mapping[str, Any], *, is_scheduled: bool = False) -> None:
    """Raise ``InvalidDag`` if a default does not fit its own schema, or a schema is none.

    Runs that a schedule makes have no conf, so what ``is_scheduled`` needs a default for every parameter.
    """
    for name, value in params.items():
        if is_scheduled and isinstance(value, Param) and not value.has_default:
            message = f"parameter {name!r} of {owner} has no default, but scheduled runs have nobody to give a value"
            raise InvalidDag(message=message)
        if isinstance(value, Param) and value.schema:
            try:
                check_param(name, value.default, value.schema, is_default=True)
            except InvalidRequest as error:
                raise InvalidDag(message=f"parameter {name!r} of {owner}: {error}") from None


def merged_params(conf: Mapping[str, Json], *levels: Mapping[str, Any]) -> dict[str, Any]:
    """Defaults, the later level over the earlier, and over them what the run's conf says; all checked.

    Raises ``InvalidRequest`` naming the parameter that does not fit.
    """
    if not any(levels):
        return dict(conf)
    given: dict[str, Any] = {}
    for level in levels:
        given.update(level)
    merged = {**plain_params(given), **conf}
    check_params(merged, param_schemas(given), conf)
    return merged


def check_params(values: Mapping[str, Any], schemas: Mapping[str, Json], conf: Mapping[str, Json]) -> None:
    """Check ``values`` of parameters with a schema; one without default must stand in ``conf``.

    Raises ``InvalidRequest`` whose field is the JSON path of what is wrong.
    """
    for name, schema in schemas.items():
        if not isinstance(schema, Mapping):
            continue
        if schema.get(REQUIRED) and name not in conf:
            raise InvalidRequest(field=f"$.conf.{name}", message=f"parameter {name!r} has no default: give it a value")
        check_param(name, values.get(name), schema)


def check_param(name: str, value: Any, schema: Mapping[str, Json], *, is_default: bool = False) -> None:
    """Raise ``InvalidRequest`` if ``value`` does not fit ``schema``, or that is no JSON schema."""
    if isinstance(value, _NotSet):
        if is_default:
            return
        raise InvalidRequest(field=f"$.conf.{name}", message=f"parameter {name!r} has no default: give it a value")
    rules = {key: rule for key, rule in schema.items() if key != REQUIRED}
    if not rules:
        return
    jsonschema = _library()
    try:
        checker = jsonschema.validators.validator_for(rules, default=jsonschema.Draft202012Validator)
        checker.check_schema(rules)
        wrong = jsonschema.exceptions.best_match(
            checker(rules, format_checker=jsonschema.FormatChecker()).iter_errors(value)
        )
    except jsonschema.SchemaError as error:
        raise InvalidRequest(field=name, message=f"the schema of {name!r} is none: {error.message}") from None
    if wrong is not None:
        path = wrong.json_path.removeprefix("$")
        raise InvalidRequest(field=f"$.conf.{name}{path}", message=f"parameter {name}{path}: {wrong.message}")


@cache
def _library() -> Any:
    """The checker of schemas, read when it is first needed, without an optional part that costs most of a second."""
    hidden: dict[str, Any] = {} if _SLOW in sys.modules else {_SLOW: None}  # None: it cannot be imported
    sys.modules.update(hidden)
    try:
        import jsonschema  # noqa: PLC0415  # only parameters with a schema need it
    finally:
        for name in hidden:
            del sys.modules[name]
    return jsonschema
