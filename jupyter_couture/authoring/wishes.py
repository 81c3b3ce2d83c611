"""What somebody wishes for a run: whether its conf and its id may be so."""

from collections.abc import Mapping

from jupyter_couture.authoring.params import check_params
from jupyter_couture.model.dag import DagSpec, Json
from jupyter_couture.model.depth import TOO_DEEP, is_too_deep
from jupyter_couture.model.errors import InvalidId, InvalidRequest
from jupyter_couture.model.ids import RunId, run_id
from jupyter_couture.model.run import RunType


def check_conf(spec: DagSpec, conf: Mapping[str, Json]) -> None:
    """Raise ``InvalidRequest`` if ``conf`` does not fit the parameters of the DAG.

    A parameter with a JSON schema must fit that, one without default must be given. Without schema a value must be of
    the JSON type of the default it overrides; an integer is a number. Names that are no params, and params whose
    default is null, take anything.
    """
    if is_too_deep(conf):
        raise InvalidRequest(field="$.conf", message=f"conf {TOO_DEEP}")
    check_params({**spec.params, **conf}, spec.params_schema, conf)
    for name, value in conf.items():
        if name in spec.params_schema:
            continue
        wanted = _json_type(spec.params.get(name))
        found = _json_type(value)
        if wanted == "null" or wanted == found or (wanted, found) == ("number", "integer"):
            continue
        raise InvalidRequest(
            field=f"$.conf.{name}",
            message=f"param {name!r} of DAG {spec.dag_id!r} is {_article(wanted)}, conf gives {_article(found)}",
        )


def _json_type(value: Json) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int():
            return "integer"
        case float():
            return "number"
        case str():
            return "string"
        case Mapping():
            return "object"
        case _:
            return "array"


def _article(kind: str) -> str:
    if kind == "null":
        return kind
    return f"{'an' if kind[0] in 'aio' else 'a'} {kind}"


def chosen_run_id(text: str) -> RunId:
    """A run id that somebody chose; raises ``InvalidRequest`` if it is none, or one of those the scheduler gives."""
    try:
        chosen = run_id(text)
    except InvalidId as error:
        raise InvalidRequest(field="$.run_id", message=str(error)) from None
    for kind in (RunType.SCHEDULED, RunType.BACKFILL, RunType.ASSET_TRIGGERED):
        if chosen.startswith(f"{kind}__"):
            message = f"run ids that begin with '{kind}__' belong to the scheduler"
            raise InvalidRequest(field="$.run_id", message=message)
    return chosen
