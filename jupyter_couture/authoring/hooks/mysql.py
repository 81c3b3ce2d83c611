"""``MySqlHook``: MySQL and MariaDB by PyMySQL."""

import json
from collections.abc import Mapping
from contextlib import closing
from typing import Any

from jupyter_couture.authoring.endpoints import database_url
from jupyter_couture.authoring.hooks.dbapi import DbApiHook, plain_cell
from jupyter_couture.authoring.hooks.drivers import driver
from jupyter_couture.authoring.statements import split_statements
from jupyter_couture.model.errors import InvalidRequest

CURSORS = {"sscursor": "SSCursor", "dictcursor": "DictCursor", "ssdictcursor": "SSDictCursor"}


class Encoders(dict[Any, Any]):
    """How values become parts of a statement, by their class.

    PyMySQL knows exact classes only. As mysqlclient does, this takes a subclass for what it derives from (pandas'
    ``Timestamp`` is a ``datetime``), a number of numpy for the number it is, and anything else for its text.
    """

    def get(self, kind: Any, default: Any = None) -> Any:
        """The encoder for values of the class ``kind``."""
        if kind.__module__.partition(".")[0] == "numpy":  # its float is a float whose text is another
            return self._as_plain
        return next((self[base] for base in kind.__mro__ if base in self), self._as_plain)

    def _as_plain(self, value: Any, mapping: Any = None) -> str:
        plain = plain_cell(value)
        plain = str(value) if plain is value else plain
        return str(self.get(type(plain))(plain, self))


class MySqlHook(DbApiHook):
    """MySQL and MariaDB. ``MySqlHook("shop")``; ``schema`` replaces the database of the connection.

    The extra may hold ``charset`` (utf8mb4), ``cursor`` (``dictcursor``, ``sscursor``, ``ssdictcursor``), ``ssl`` (an
    object), ``unix_socket``, ``local_infile``, ``connect_timeout``, ``read_timeout``, ``write_timeout``,
    ``init_command``.
    """

    conn_name_attr = "mysql_conn_id"
    default_conn_name = "mysql_default"
    conn_type = "mysql"
    hook_name = "MySQL"
    supports_autocommit = True
    splits_scripts = True
    passed_options = ("unix_socket", "connect_timeout", "read_timeout", "write_timeout", "init_command", "sql_mode")

    def __init__(self, *args: Any, local_infile: bool = False, init_command: str | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.local_infile = bool(local_infile)
        self.init_command = init_command

    def get_conn(self) -> Any:
        """A new connection of PyMySQL; the caller closes it."""
        made = driver("pymysql", "MySQL").connect(**self._connect_options())
        made.encoders = Encoders(made.encoders)
        return made

    def _connect_options(self) -> dict[str, Any]:
        place, extra = self.connection, self.connection_extra
        options: dict[str, Any] = {
            "host": place.host or "localhost",
            "port": int(place.port or 3306),
            "user": place.login or "",
            "password": place.password or "",
            "database": self.schema or place.schema or None,
            "charset": extra.get("charset") or "utf8mb4",
            "local_infile": self.local_infile or _is_true(extra.get("local_infile")),
        }
        options |= {name: extra[name] for name in self.passed_options if extra.get(name)}
        if self.init_command:
            options["init_command"] = self.init_command
        if extra.get("ssl"):
            options["ssl"] = json.loads(extra["ssl"]) if isinstance(extra["ssl"], str) else extra["ssl"]
        if extra.get("cursor"):
            options["cursorclass"] = _cursor(str(extra["cursor"]).lower())
        return options

    def get_uri(self) -> str:
        """Its connection as ``mysql+pymysql://...``, password included."""
        charset = self.connection_extra.get("charset")
        address = f"mysql+pymysql://{database_url(self.connection, self.schema).partition('://')[2]}"
        return f"{address}?charset={charset}" if charset else address

    def get_sqlalchemy_engine(self, engine_kwargs: Mapping[str, Any] | None = None) -> Any:
        """A SQLAlchemy engine that connects with the options of the connection's extra."""
        given = dict(engine_kwargs or {})
        options = {name: value for name, value in self._connect_options().items() if name != "cursorclass"}
        given["connect_args"] = {**options, **given.get("connect_args", {})}
        return driver("sqlalchemy", "SQLAlchemy").create_engine(self.sqlalchemy_url, **given)

    @staticmethod
    def split_sql_string(sql: str, strip_semicolon: bool = False) -> list[str]:
        """As MySQL reads quotes and comments."""
        return split_statements(sql, is_mysql=True)

    def set_autocommit(self, conn: Any, autocommit: bool) -> None:
        """Make every statement of ``conn`` final at once, or not."""
        conn.autocommit(autocommit)

    def get_autocommit(self, conn: Any) -> bool:
        """Whether every statement of ``conn`` is final at once."""
        return bool(conn.get_autocommit())

    def bulk_load(self, table: str, tmp_file: str) -> None:
        """Load a file of this machine whose columns are parted by tabs; needs ``local_infile`` here and there."""
        self._run_with_file(f"LOAD DATA LOCAL INFILE %s INTO TABLE {table}", tmp_file)

    def bulk_load_custom(
        self, table: str, tmp_file: str, duplicate_key_handling: str = "IGNORE", extra_options: str = ""
    ) -> None:
        """The same with ``IGNORE`` or ``REPLACE`` for rows whose key is there, and options of ``LOAD DATA``."""
        if duplicate_key_handling.upper() not in ("IGNORE", "REPLACE"):
            message = f"duplicate_key_handling is IGNORE or REPLACE, not {duplicate_key_handling!r}"
            raise InvalidRequest(field="duplicate_key_handling", message=message)
        load = f"LOAD DATA LOCAL INFILE %s {duplicate_key_handling} INTO TABLE {table} {extra_options}"
        self._run_with_file(load, tmp_file)

    def bulk_dump(self, table: str, tmp_file: str) -> None:
        """Write a table to a file of the server's machine, columns parted by tabs."""
        self._run_with_file(f"SELECT * INTO OUTFILE %s FROM {table}", tmp_file)

    def _run_with_file(self, statement: str, path: str) -> None:
        with closing(self.get_conn()) as connection, closing(connection.cursor()) as cursor:
            cursor.execute(statement, (path,))
            connection.commit()

    _serialize_cell = staticmethod(plain_cell)


def _cursor(name: str) -> Any:
    if name not in CURSORS:
        raise InvalidRequest(field="cursor", message=f"cursor is one of {', '.join(CURSORS)}, not {name!r}")
    return getattr(driver("pymysql.cursors", "MySQL"), CURSORS[name])


def _is_true(value: object) -> bool:
    return str(value).lower() in ("true", "1", "yes", "on")
