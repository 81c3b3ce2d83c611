"""Our runs against those of the real Airflow: states and values of every task instance."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from tests.corpus.facts import VARIES, Ran

INTERNAL = frozenset({"pipeline_inlets", "pipeline_outlets", "skipmixin_key", "trigger_execution_date_iso"})
"""Keys under which Airflow keeps values for itself."""

_DATA = "__data__"
_CLASS = "__classname__"


def differences(ours: Ran, real: Ran) -> Iterator[str]:
    """What is not the same, one text each. Values that vary from run to run need only be there."""
    if ours["state"] != real["state"]:
        yield f"the run is {ours['state']}, not {real['state']}"
    mine, theirs = ours["tasks"], real["tasks"]
    for label in sorted(mine.keys() | theirs.keys()):
        if label not in mine or label not in theirs:
            yield f"{label} is {'missing' if label not in mine else 'too much'}"
            continue
        if theirs[label] == VARIES:
            continue
        state = theirs[label]["state"] or "none"
        if VARIES not in (state, theirs[label]["state"]) and mine[label]["state"] != state:
            yield f"{label} is {mine[label]['state']}, not {state}"
        yield from _values(label, mine[label]["xcoms"], theirs[label]["xcoms"])


def _values(label: str, mine: Mapping[str, Any], theirs: Mapping[str, Any]) -> Iterator[str]:
    if theirs == VARIES:
        return
    for key in sorted((mine.keys() | theirs.keys()) - INTERNAL):
        if key not in mine or key not in theirs:
            yield f"value {key} of {label} is {'missing' if key not in mine else 'too much'}"
        elif not is_same(mine[key], told := _plain(theirs[key])):
            yield f"value {key} of {label} is {mine[key]!r}, not {told!r}"


def is_same(mine: Any, theirs: Any) -> bool:
    """Whether a value is the recorded one, as far as that does not vary."""
    if theirs == VARIES:
        return True
    if isinstance(mine, dict) and isinstance(theirs, dict):
        return mine.keys() == theirs.keys() and all(is_same(mine[key], theirs[key]) for key in mine)
    if isinstance(mine, list) and isinstance(theirs, list) and len(mine) == len(theirs):
        return all(map(is_same, mine, theirs))
    return type(mine) is type(theirs) and bool(mine == theirs)


def _plain(value: Any) -> Any:
    """A value as Airflow stores it in the form that ``ours.plain`` gives."""
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if not isinstance(value, Mapping):
        return value
    if _CLASS not in value:
        return {name: _plain(item) for name, item in value.items()} if value != VARIES else value
    name = value[_CLASS].rpartition(".")[2]
    data: Any = value.get(_DATA)
    if name in ("tuple", "set", "frozenset"):
        return {"type": name, "items": [_plain(item) for item in data]}
    if name in ("datetime", "DateTime"):
        moment = datetime.fromtimestamp(data["timestamp"]).astimezone() if isinstance(data, Mapping) else data
        return {"type": "datetime", "text": str(moment)}
    return {"type": name, "text": str(data)}
