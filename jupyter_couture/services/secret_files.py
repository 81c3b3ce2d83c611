"""Files of variables and connections: JSON, YAML and ``.env``, read and written."""

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from jupyter_couture.authoring.environment import CONNECTION_PREFIXES, VARIABLE_PREFIXES, connections_of
from jupyter_couture.model.errors import InvalidRequest
from jupyter_couture.model.secrets import Connection, Variable

YAML = frozenset({".yaml", ".yml"})
ENV = ".env"

_PREFIXES = (*VARIABLE_PREFIXES, *CONNECTION_PREFIXES, "AIRFLOW__", "COUTURE_")


def read_mapping(path: Path, text: str | None = None) -> dict[str, Any]:
    """What a file says by name, its format told by its ending; raises ``InvalidRequest``, which shows none of it."""
    try:
        text = path.read_text(encoding="utf-8") if text is None else text
    except (OSError, UnicodeError) as error:
        raise InvalidRequest(field=str(path), message=f"{path} cannot be read: {type(error).__name__}") from None
    import yaml  # noqa: PLC0415  # few have such a file, and every engine imports this module

    kind = path.suffix.lower() or path.name.lower()
    try:
        found = _env(text) if kind == ENV else yaml.safe_load(text) if kind in YAML else json.loads(text or "{}")
    except (ValueError, yaml.YAMLError) as error:
        where = getattr(getattr(error, "problem_mark", None), "line", None)
        line = getattr(error, "lineno", None) or (where + 1 if where is not None else None)
        at = f" in line {line}" if line else ""
        raise InvalidRequest(field=str(path), message=f"{path} is not well-formed{at}") from None
    if found is None:
        return {}
    if not isinstance(found, dict) or not all(isinstance(name, str) for name in found):
        raise InvalidRequest(field=str(path), message=f"{path} must hold one object: names and what they stand for")
    return found


def read_named(path: Path, prefixes: Sequence[str]) -> dict[str, Any]:
    """As ``read_mapping``; of a ``.env`` file that has names with ``prefixes`` just these, in small letters without.

    So a file that was made for Airflow's environment (``AIRFLOW_CONN_MY_DB=...`` among much else) gives what is meant.
    """
    found = read_mapping(path)
    if (path.suffix.lower() or path.name.lower()) != ENV or not any(name.startswith(_PREFIXES) for name in found):
        return found
    return {
        name.removeprefix(prefix).lower(): value
        for prefix in reversed(prefixes)
        for name, value in found.items()
        if name.startswith(prefix)
    }


def variable_of(key: str, said: object) -> Variable:
    """A variable from a value of any JSON kind, or from ``{"value": ..., "description": ...}``."""
    description = ""
    if isinstance(said, Mapping) and set(said) == {"value", "description"}:
        description, said = str(said["description"] or ""), said["value"]
    value = said if isinstance(said, str) else json.dumps(said, ensure_ascii=False, default=str)
    return Variable(key=key, value=value, description=description)


def variable_entry(variable: Variable, value: str | None) -> object:
    """What stands for a variable in a file: its text, or with the description if it has one."""
    return {"value": value, "description": variable.description} if variable.description else value


def connection_entries(connections: Sequence[tuple[Connection, Mapping[str, object]]]) -> dict[str, object]:
    """What stands for connections in a file: by id an object of fields, or an array of objects if several share it."""
    by_id: dict[str, list[object]] = {}
    for connection, fields in connections:
        by_id.setdefault(connection.conn_id, []).append(
            {name: value for name, value in fields.items() if value not in (None, "")}
        )
    return {conn_id: found[0] if len(found) == 1 else found for conn_id, found in by_id.items()}


def write_mapping(path: Path, entries: Mapping[str, object]) -> None:
    """Write a file that only its owner reads, all of it or nothing."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        out.write(written(path.suffix.lower(), entries))
    draft.replace(path)


def written(kind: str, entries: Mapping[str, object]) -> str:
    """The text of a file; ``kind`` is its ending."""
    if kind in YAML:
        import yaml  # noqa: PLC0415  # as above

        return str(yaml.safe_dump(dict(entries), allow_unicode=True, sort_keys=True))
    return json.dumps(entries, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


class SecretFiles:
    """A secrets back-end of files. They are read again when they change."""

    def __init__(self, variables: Path | None = None, connections: Path | None = None) -> None:
        self._variables = _Watched(variables)
        self._connections = _Watched(connections)

    def get_variable(self, key: str) -> str | None:
        """The text of a variable; None if the file has none. Raises ``InvalidRequest``."""
        said = self._variables.entries()
        return variable_of(key, said[key]).value if key in said else None

    def get_connections(self, conn_id: str) -> Sequence[Connection]:
        """The connections of that id. Raises ``InvalidRequest``."""
        said = self._connections.entries()
        return connections_of(conn_id, said[conn_id]) if conn_id in said else ()


class _Watched:
    """A file as it is now."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._known: tuple[tuple[int, int, int], dict[str, Any]] | None = None

    def entries(self) -> dict[str, Any]:
        if self._path is None:
            return {}
        try:
            found = self._path.stat()
        except OSError:
            raise InvalidRequest(field=str(self._path), message=f"{self._path} is not there") from None
        stamp = (found.st_mtime_ns, found.st_ino, found.st_size)
        known = self._known
        if known is None or known[0] != stamp:
            known = (stamp, read_mapping(self._path))
            self._known = known
        return known[1]


def _env(text: str) -> dict[str, str]:
    """``NAME=value`` lines; ``#`` lines and blank ones say nothing, quotes around a value go."""
    found: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        line = line.strip().removeprefix("export ")
        if not line or line.startswith("#"):
            continue
        name, is_there, value = line.partition("=")
        if not is_there:
            raise json.JSONDecodeError("no value", text, sum(len(each) + 1 for each in text.splitlines()[: number - 1]))
        value = value.strip()
        is_quoted = len(value) >= 2 and value[0] == value[-1] and value[0] in "\"'"
        found[name.strip()] = value[1:-1] if is_quoted else value
    return found
