"""Reads variables, connections and pools out of an Airflow metadata database: 1.10, 2.x, 3.x; changes nothing there.

The three tables are old and have only grown: columns that a version lacks are left out. Values are opened with
Airflow's own Fernet keys where a row says that it is sealed.
"""

import contextlib
import importlib.util
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, Engine, MetaData, Table, column, create_engine, inspect, make_url, select
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from jupyter_couture.model.errors import InvalidRequest, Unavailable
from jupyter_couture.store.keys import KeyRing, split_keys

VARIABLES, CONNECTIONS, POOLS = "variables", "connections", "pools"
KINDS = (VARIABLES, CONNECTIONS, POOLS)

_TABLES = {VARIABLES: "variable", CONNECTIONS: "connection", POOLS: "slot_pool"}
_COLUMNS = {
    VARIABLES: ("id", "key", "val", "is_encrypted", "description"),
    CONNECTIONS: (
        *("id", "conn_id", "conn_type", "host", "schema", "login", "password", "port", "extra", "description"),
        *("is_encrypted", "is_extra_encrypted"),
    ),
    POOLS: ("id", "pool", "slots", "description", "include_deferred"),
}
_DRIVERS = {
    "postgres": ("postgresql+psycopg", "psycopg", "postgres"),
    "postgresql": ("postgresql+psycopg", "psycopg", "postgres"),
    "mysql": ("mysql+pymysql", "pymysql", "mysql"),
    "mariadb": ("mysql+pymysql", "pymysql", "mysql"),
}
"""For each kind of URL the dialect we speak, its module, and our extra that brings it."""

_PATIENCE_SECONDS = 10

_NO_KEY = "it is encrypted: give Airflow's Fernet key with --fernet-key-env or --fernet-key-file"
_WRONG_KEY = "none of the given Fernet keys opens it"


@dataclass(frozen=True, slots=True)
class AirflowContent:
    """What was found, by kind and name, as an import of that kind takes it; ``failed`` with the reason of each."""

    entries: Mapping[str, Mapping[str, object]] = field(repr=False)
    failed: Mapping[str, Mapping[str, str]]


def read_airflow(
    url: str, fernet_keys: str = "", schema: str | None = None, kinds: Sequence[str] = KINDS
) -> AirflowContent:
    """The content of the database at ``url`` (as Airflow's ``sql_alchemy_conn`` says it).

    ``fernet_keys`` as Airflow's ``fernet_key``: one, or several separated by commas. Raises ``InvalidRequest`` if that
    is no Airflow database or a key is none, ``Unavailable`` if it does not answer; neither repeats a password.
    """
    opener = _Opener(fernet_keys)
    entries: dict[str, dict[str, object]] = {kind: {} for kind in kinds}
    failed: dict[str, dict[str, str]] = {kind: {} for kind in kinds}
    with _engine(url) as engine:
        for kind in kinds:
            for row in _rows(engine, kind, schema):
                name, said, wrong = _READERS[kind](row, opener)
                if wrong:
                    failed[kind][name] = wrong
                elif kind == CONNECTIONS:  # 1.10 lets several share an id
                    several = entries[kind].setdefault(name, [])
                    assert isinstance(several, list)
                    several.append(said)
                else:
                    entries[kind][name] = said
    for name in failed.get(CONNECTIONS, {}):
        entries[CONNECTIONS].pop(name, None)
    return AirflowContent(entries=entries, failed=failed)


class _Opener:
    """Opens what Airflow sealed."""

    def __init__(self, keys: str) -> None:
        self._ring = KeyRing(split_keys(keys)) if keys.strip() else None

    def open(self, text: object, is_sealed: object) -> tuple[str | None, str]:
        """The text, and what is wrong if it cannot be had."""
        if text is None or text == "":
            return None, ""
        if not is_sealed:
            return str(text), ""
        if self._ring is None:
            return None, _NO_KEY
        try:
            return self._ring.open(str(text)), ""
        except Unavailable:
            return None, _WRONG_KEY
        except InvalidRequest:
            message = "Airflow's Fernet key is no Fernet key: 32 bytes in URL-safe base64, several separated by commas"
            raise InvalidRequest(field="--fernet-key", message=message) from None


def _variable(row: Mapping[str, Any], opener: _Opener) -> tuple[str, object, str]:
    value, wrong = opener.open(row["val"], row.get("is_encrypted"))
    description = row.get("description") or ""
    said: object = {"value": value or "", "description": description} if description else value or ""
    return str(row["key"]), said, wrong


def _connection(row: Mapping[str, Any], opener: _Opener) -> tuple[str, object, str]:
    password, wrong = opener.open(row["password"], row.get("is_encrypted"))
    extra, wrong_extra = opener.open(row["extra"], row.get("is_extra_encrypted"))
    plain = ("conn_type", "host", "schema", "login", "port", "description")
    said = {name: row[name] for name in plain if row.get(name) not in (None, "")}
    return str(row["conn_id"]), {**said, "password": password, "extra": extra}, wrong or wrong_extra


def _pool(row: Mapping[str, Any], _: _Opener) -> tuple[str, object, str]:
    name = str(row["pool"])
    deferred = bool(row.get("include_deferred") or False)
    return name, {"slots": row["slots"], "description": row.get("description"), "includes_deferred": deferred}, ""


_READERS = {VARIABLES: _variable, CONNECTIONS: _connection, POOLS: _pool}


def _rows(engine: Engine, kind: str, schema: str | None) -> list[Mapping[str, Any]]:
    table = _TABLES[kind]
    if not inspect(engine).has_table(table, schema=schema):
        message = f"there is no table {table!r}: it is no Airflow metadata database, or its tables are in a schema"
        raise InvalidRequest(field="--database", message=message)
    known = {each["name"] for each in inspect(engine).get_columns(table, schema=schema)}
    names = [name for name in _COLUMNS[kind] if name in known]
    query: Any = select(*(column(name) for name in names)).select_from(Table(table, MetaData(), schema=schema))
    with engine.connect() as connection:
        return [dict(row) for row in connection.execute(query.order_by(column("id"))).mappings()]


@contextlib.contextmanager
def _engine(text: str) -> Iterator[Engine]:
    url = _url(text)
    options: dict[str, Any] = {}
    if not url.drivername.startswith("sqlite"):
        options = {"isolation_level": "REPEATABLE READ", "connect_args": {"connect_timeout": _PATIENCE_SECONDS}}
    engine = create_engine(url, hide_parameters=True, poolclass=NullPool, **options)
    if url.drivername.startswith("postgresql"):
        engine = engine.execution_options(postgresql_readonly=True)
    shown = url.set(query={}).render_as_string(hide_password=True)  # a password may stand in the query too
    try:
        yield engine
    except SQLAlchemyError as error:
        raise Unavailable(what=f"database {shown}", message=_first_line(error)) from None
    finally:
        engine.dispose()


def _url(text: str) -> URL:
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        message = "the URL of the database cannot be read: it looks like postgresql://airflow@db.example/airflow"
        raise InvalidRequest(field="--database", message=message) from None
    kind = url.drivername.partition("+")[0]
    if kind == "sqlite":
        return _sqlite_url(url)
    if kind not in _DRIVERS:
        message = f"a database of kind {kind!r} is none that Airflow keeps its metadata in"
        raise InvalidRequest(field="--database", message=message)
    driver, module, extra = _DRIVERS[kind]
    if importlib.util.find_spec(module) is None:
        message = f"{module} is not installed: pip install 'jupyter-couture[{extra}]'"
        raise InvalidRequest(field="--database", message=message)
    is_ours = driver.startswith("postgresql")  # the options of MySQL's drivers differ
    return url.set(drivername=driver, query={name: value for name, value in url.query.items() if is_ours})


def _sqlite_url(url: URL) -> URL:
    """The URL that opens a file for reading only; raises ``InvalidRequest`` if it is not there."""
    path = Path(url.database or "")
    if not path.is_file():
        raise InvalidRequest(field="--database", message=f"{path} is not there")
    return make_url(f"sqlite:///file:{quote(str(path.absolute()))}?mode=ro&uri=true")


def _first_line(error: SQLAlchemyError) -> str:
    text = str(getattr(error, "orig", None) or error).strip().partition("\n")[0]
    return text or type(error).__name__
