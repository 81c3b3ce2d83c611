"""Connections of psycopg 3 in the manners of psycopg2, which code written for Airflow expects.

Parameters are put into the statement here and not by the server, so that all statements take them; a tuple is a list in
brackets, for ``IN``; of several statements the last result counts; ``with connection`` commits and does not close; and
cursors have ``copy_expert``, ``copy_from``, ``copy_to``, ``mogrify`` and ``callproc``. Read only where psycopg is
installed.
"""

import io
import re
from collections.abc import Callable, Iterable, Sequence
from types import TracebackType
from typing import Any

import psycopg
from psycopg import sql
from psycopg.adapt import Buffer, RecursiveDumper
from psycopg.rows import dict_row, namedtuple_row
from psycopg.types.json import JsonbDumper
from psycopg.types.string import TextLoader

_LEVELS = {
    1: psycopg.IsolationLevel.READ_COMMITTED,
    2: psycopg.IsolationLevel.REPEATABLE_READ,
    3: psycopg.IsolationLevel.SERIALIZABLE,
    4: psycopg.IsolationLevel.READ_UNCOMMITTED,
}
"""psycopg2's numbers; 0 is autocommit."""


class TupleDumper(RecursiveDumper):
    """A tuple as ``(1, 'b')``, for ``IN``."""

    def dump(self, obj: tuple[Any, ...]) -> Buffer:
        """As for a statement."""
        return self.quote(obj)

    def quote(self, obj: tuple[Any, ...]) -> bytes:
        """As for a statement."""
        return b"(" + b", ".join(bytes(self._tx.as_literal(item)) for item in obj) + b")"


class DictRow(list[Any]):
    """A row whose values are found by place and by the name of their column."""

    def __init__(self, names: Sequence[str], values: Iterable[Any]) -> None:
        super().__init__(values)
        self.names = names

    def __getitem__(self, key: Any) -> Any:
        return super().__getitem__(self.names.index(key) if isinstance(key, str) else key)

    def get(self, key: str, default: Any = None) -> Any:
        """The value of a column."""
        return self[key] if key in self.names else default

    def keys(self) -> Sequence[str]:
        """The names of the columns."""
        return self.names

    def items(self) -> list[tuple[str, Any]]:
        """Names and values."""
        return list(zip(self.names, self, strict=True))


def _row_by_place_and_name(cursor: Any) -> Callable[[Sequence[Any]], DictRow]:
    names = [column.name for column in cursor.description or ()]
    return lambda values: DictRow(names, values)


_ROWS: dict[str, Any] = {
    "dictcursor": _row_by_place_and_name,
    "realdictcursor": dict_row,
    "namedtuplecursor": namedtuple_row,
}


class PostgresCursor(psycopg.ClientCursor[Any]):
    """A cursor in psycopg2's manners."""

    def execute(self, query: Any, params: Any = None, **options: Any) -> "PostgresCursor":
        """Run a statement, or several of which the last gives the result."""
        super().execute(query, params, **options)
        while self.nextset():
            pass
        return self

    def copy_expert(self, sql: Any, file: Any, size: int = 8192) -> None:
        """Run ``COPY ... FROM STDIN`` from an open file, or ``COPY ... TO STDOUT`` into it."""
        text = sql if isinstance(sql, str) else sql.as_string(self)
        with self.copy(text) as copy:
            if re.search(r"\bFROM\s+STDIN\b", text, re.IGNORECASE):
                while block := file.read(size):
                    copy.write(block)
                return
            is_text = isinstance(file, io.TextIOBase)
            for block in copy:
                file.write(bytes(block).decode(self.connection.info.encoding) if is_text else bytes(block))

    def copy_from(
        self,
        file: Any,
        table: str,
        sep: str = "\t",
        null: str = "\\N",
        size: int = 8192,
        columns: Sequence[str] | None = None,
    ) -> None:
        """Load an open file into a table."""
        self.copy_expert(_copy(table, columns, "FROM STDIN", sep, null), file, size)

    def copy_to(
        self, file: Any, table: str, sep: str = "\t", null: str = "\\N", columns: Sequence[str] | None = None
    ) -> None:
        """Write a table to an open file."""
        self.copy_expert(_copy(table, columns, "TO STDOUT", sep, null), file)

    def mogrify(self, query: Any, params: Any = None) -> Any:
        """The statement with its parameters in it, as bytes."""
        return super().mogrify(query, params).encode(self.connection.info.encoding)

    def callproc(self, procname: str, parameters: Sequence[Any] = ()) -> Sequence[Any]:
        """Call a function; its result is there to fetch."""
        marks = sql.SQL(", ").join([sql.SQL("%s")] * len(parameters))
        name = sql.Identifier(*procname.split("."))
        self.execute(sql.SQL("SELECT * FROM {}({})").format(name, marks), tuple(parameters))
        return parameters


class PostgresConnection(psycopg.Connection[Any]):
    """A connection in psycopg2's manners."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.notices: list[str] = []
        self.add_notice_handler(self._note)

    def _note(self, said: psycopg.errors.Diagnostic) -> None:
        self.notices.append(f"{said.severity}:  {said.message_primary}\n")

    def __exit__(
        self, exc_type: type[BaseException] | None, exc_val: BaseException | None, exc_tb: TracebackType | None
    ) -> None:
        if exc_type is None:
            self.commit()
        else:
            self.rollback()

    def cursor(self, name: str | None = None, **options: Any) -> Any:
        """A cursor; with a name one that the server keeps."""
        return super().cursor(name or "", **{key: value for key, value in options.items() if value is not None})

    def set_session(
        self,
        isolation_level: Any = None,
        readonly: bool | None = None,
        deferrable: bool | None = None,
        autocommit: bool | None = None,
    ) -> None:
        """How transactions to come behave."""
        if isolation_level is not None:
            self.set_isolation_level(isolation_level)
        if readonly is not None:
            self.read_only = readonly
        if deferrable is not None:
            self.deferrable = deferrable
        if autocommit is not None:
            self.autocommit = autocommit

    def set_isolation_level(self, value: Any) -> None:
        """By psycopg2's number or by name."""
        if isinstance(value, str):
            value = psycopg.IsolationLevel[value.upper().replace(" ", "_")]
        self.autocommit = value == 0
        super().set_isolation_level(None if value in (0, None) else _LEVELS.get(value, value))

    @property
    def encoding(self) -> str:
        """What the server calls the encoding of this side."""
        return self.info.parameter_status("client_encoding") or ""

    @property
    def dsn(self) -> str:
        """How it connected, without the password."""
        return self.info.dsn

    @property
    def server_version(self) -> int:
        """Such as 150004."""
        return self.info.server_version

    def get_dsn_parameters(self) -> dict[str, str]:
        """How it connected, by name, without the password."""
        return self.info.get_parameters()

    def get_backend_pid(self) -> int:
        """The process that serves it."""
        return self.info.backend_pid


def connect(options: dict[str, Any], cursor: str = "") -> PostgresConnection:
    """A new connection whose rows are of the kind ``cursor``."""
    rows = {"row_factory": _ROWS[cursor]} if cursor else {}
    made = PostgresConnection.connect(**options, **rows, cursor_factory=PostgresCursor)
    made.adapters.register_dumper(tuple, TupleDumper)
    made.adapters.register_dumper(dict, JsonbDumper)
    for kind in ("uuid", "inet", "cidr"):
        made.adapters.register_loader(kind, TextLoader)
    return made


def _copy(table: str, columns: Sequence[str] | None, direction: str, sep: str, null: str) -> sql.Composed:
    named = sql.SQL(" ({})").format(sql.SQL(", ").join(map(sql.Identifier, columns))) if columns else sql.SQL("")
    place, way = sql.Identifier(*table.split(".")), sql.SQL("FROM STDIN" if direction[0] == "F" else "TO STDOUT")
    text = sql.SQL("COPY {}{} {} WITH (DELIMITER {}, NULL {})")
    return text.format(place, named, way, sql.Literal(sep), sql.Literal(null))
