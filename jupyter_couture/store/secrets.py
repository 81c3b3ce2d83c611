"""Variables and connections in the database. Their secrets pass only through columns that seal them.

Writers take turns, the rotation of keys among them: so none seals with a key that is just being given up.
"""

from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import Any, TypeVar

from sqlalchemy import (
    Column,
    ColumnElement,
    Engine,
    Table,
    Text,
    bindparam,
    delete,
    func,
    insert,
    or_,
    select,
    type_coerce,
    update,
)
from sqlalchemy import (
    Connection as DatabaseConnection,
)
from sqlalchemy.exc import IntegrityError

from jupyter_couture.model.errors import Conflict, InvalidRequest, NotFound, Stale, Unavailable
from jupyter_couture.model.secrets import Connection, Page, SecretQuery, Variable
from jupyter_couture.store.keys import NO_KEY
from jupyter_couture.store.part import StorePart
from jupyter_couture.store.rows import AnyRow
from jupyter_couture.store.sealed import keys_of
from jupyter_couture.store.tables_secrets import connection, variable

_T = TypeVar("_T")

_TURN = 7_215_001  # of the advisory lock: one writer of secrets at a time


def _raw(column: Column[Any]) -> ColumnElement[Any]:
    """A sealed column as it lies in the database."""
    return type_coerce(column, Text).label(column.name)


_SEALED = {variable: ("val",), connection: ("password", "extra")}
_VARIABLES = select(variable.c.id, variable.c.key, _raw(variable.c.val), variable.c.description)
_VARIABLE = _VARIABLES.where(variable.c.key == bindparam("name"))
_CONNECTIONS = select(
    *(_raw(column) if column.name in _SEALED[connection] else column for column in connection.columns)
)
_CONNECTION = _CONNECTIONS.where(connection.c.id == bindparam("number"))
_CONNECTIONS_OF = _CONNECTIONS.where(connection.c.conn_id == bindparam("name")).order_by(connection.c.id)
_ORDERS: dict[Table, frozenset[str]] = {
    variable: frozenset({"key", "description"}),
    connection: frozenset({"conn_id", "conn_type", "host", "schema", "login", "port", "description"}),
}


class SecretPart(StorePart):
    """What ``ports.secrets.SecretStore`` promises."""

    def list_variables(self, query: SecretQuery) -> Page[Variable]:
        """A page of variables; those that no key opens come without value."""
        return self._page(query, variable, variable.c.key, _VARIABLES, self._variable_from)

    def variable(self, key: str) -> Variable:
        """One; raises ``NotFound``."""
        return self._db.read(lambda database: self._variable_from(_one(database, _VARIABLE, "variable", name=key)))

    def add_variable(self, variable_: Variable) -> Variable:
        """A new one as it was stored; raises ``Conflict`` if the key is taken."""

        def body(database: DatabaseConnection) -> Variable:
            try:
                database.execute(insert(variable), _variable_values(variable_))
            except IntegrityError:
                message = f"there is a variable {variable_.key!r} already"
                raise Conflict(what="variable", id=variable_.key, message=message) from None
            return self._variable_from(database.execute(_VARIABLE, {"name": variable_.key}).one())

        return self._change(body)

    def put_variable(self, variable_: Variable, revision: str | None = None) -> bool:
        """Store under its key, replacing what was there; whether it is new."""

        def body(database: DatabaseConnection) -> bool:
            row = database.execute(_VARIABLE, {"name": variable_.key}).one_or_none()
            if row is None:
                if revision is not None:
                    raise NotFound(what="variable", id=variable_.key)
                database.execute(insert(variable), _variable_values(variable_))
                return True
            _require(row, revision, "variable", variable_.key)
            database.execute(update(variable).where(variable.c.id == row.id).values(_variable_values(variable_)))
            return False

        return self._change(body)

    def delete_variable(self, key: str, revision: str | None = None) -> None:
        """Remove; raises ``NotFound`` or ``Stale``."""

        def body(database: DatabaseConnection) -> None:
            row = _one(database, _VARIABLE, "variable", name=key)
            _require(row, revision, "variable", key)
            database.execute(delete(variable).where(variable.c.id == row.id))

        self._change(body, seals=False)

    def list_connections(self, query: SecretQuery) -> Page[Connection]:
        """A page of connections without passwords; those whose ``extra`` no key opens come without it."""
        return self._page(query, connection, connection.c.conn_id, _CONNECTIONS, self._connection_from)

    def connections_of(self, conn_id: str) -> Sequence[Connection]:
        """All that share an id, with their secrets as far as they can be read."""

        def body(database: DatabaseConnection) -> list[Connection]:
            rows = database.execute(_CONNECTIONS_OF, {"name": conn_id}).all()
            return [self._connection_from(row, with_password=True) for row in rows]

        return self._db.read(body)

    def connection(self, number: int) -> Connection:
        """One, with its secrets as far as they can be read; raises ``NotFound``."""
        return self._db.read(
            lambda database: self._connection_from(
                _one(database, _CONNECTION, "connection", number=number), with_password=True
            )
        )

    def add_connection(self, connection_: Connection) -> Connection:
        """Another one, as it was stored."""

        def body(database: DatabaseConnection) -> Connection:
            number = database.execute(insert(connection), _connection_values(connection_)).inserted_primary_key
            assert number is not None
            row = database.execute(_CONNECTION, {"number": number[0]}).one()
            return self._connection_from(row, with_password=True)

        return self._change(body)

    def put_connection(self, connection_: Connection, revision: str | None = None) -> Connection:
        """Replace the row of its number; raises ``NotFound`` or ``Stale``."""

        def body(database: DatabaseConnection) -> Connection:
            row = _one(database, _CONNECTION, "connection", number=connection_.number)
            _require(row, revision, "connection", str(connection_.number))
            change = update(connection).where(connection.c.id == row.id)
            database.execute(change.values(_connection_values(connection_)))
            changed = database.execute(_CONNECTION, {"number": connection_.number}).one()
            return self._connection_from(changed, with_password=True)

        return self._change(body)

    def delete_connection(self, number: int, revision: str | None = None) -> None:
        """Remove; raises ``NotFound`` or ``Stale``."""

        def body(database: DatabaseConnection) -> None:
            row = _one(database, _CONNECTION, "connection", number=number)
            _require(row, revision, "connection", str(number))
            database.execute(delete(connection).where(connection.c.id == row.id))

        self._change(body, seals=False)

    def reseal(self) -> int:
        """Seal every stored secret anew with the first key; how many. All or none."""

        def body(database: DatabaseConnection) -> int:
            keys, count = keys_of(self._db.engine.dialect), 0
            for table, names in _SEALED.items():
                for row in database.execute(select(table.c.id, *(_raw(table.c[name]) for name in names))).all():
                    sealed = {name: value for name in names if (value := getattr(row, name)) is not None}
                    fresh = {name: type_coerce(keys.reseal(value), Text) for name, value in sealed.items()}
                    if fresh:
                        database.execute(update(table).where(table.c.id == row.id).values(fresh))
                    count += len(fresh)
            return count

        return self._change(body)

    def sealed_writes(self) -> Engine:
        """The engine of writing transactions, for sessions that end themselves; what they write is sealed."""
        self._change(lambda database: None)  # the first key is there before a flush needs it
        return self._db.writes

    # ---- what they share

    def _change(self, body: Callable[[DatabaseConnection], _T], *, seals: bool = True) -> _T:
        def in_turn(database: DatabaseConnection) -> _T:
            self._db.take_turns(database, _TURN)
            if seals:
                self._ensure_key(database)
            return body(database)

        return self._db.write(in_turn)

    def _ensure_key(self, database: DatabaseConnection) -> None:
        """Make the first key; not on a host that lacks the one with which secrets were stored."""
        keys = keys_of(self._db.engine.dialect)
        if not keys.is_empty:
            return
        if any(database.execute(select(table.c.id).limit(1)).first() is not None for table in _SEALED):
            raise Unavailable(what="the key of stored secrets", message=NO_KEY)
        keys.make()

    def _page(
        self,
        query: SecretQuery,
        table: Table,
        name: Column[Any],
        rows: Any,
        made: Callable[[AnyRow], _T],
    ) -> Page[_T]:
        if query.order_by and query.order_by not in _ORDERS[table]:
            allowed = ", ".join(sorted(_ORDERS[table]))
            raise InvalidRequest(field="$.order_by", message=f"order_by may be one of {allowed}")
        matches: list[ColumnElement[bool]] = []
        words = query.search.strip()
        if words:
            columns = (name, table.c.description)
            matches.append(or_(*(func.lower(each).contains(words.lower(), autoescape=True) for each in columns)))
        if query.name is not None:
            matches.append(name == query.name)
        first = table.c[query.order_by] if query.order_by else name
        order = (first.desc() if query.is_descending else first.asc(), name, table.c.id)
        page = rows.where(*matches).order_by(*order).limit(query.limit).offset(query.offset)
        count = select(func.count()).select_from(table).where(*matches)

        def body(database: DatabaseConnection) -> Page[_T]:
            found = database.execute(page).all()
            return Page(tuple(made(row) for row in found), database.execute(count).scalar_one())

        return self._db.read(body)

    def _opened(self, sealed: str | None) -> tuple[str | None, bool]:
        """The text, and whether it could be read."""
        if sealed is None:
            return None, True
        try:
            return keys_of(self._db.engine.dialect).open(sealed), True
        except Unavailable:
            return None, False

    def _variable_from(self, row: AnyRow) -> Variable:
        value, _ = self._opened(row.val)
        return Variable(key=row.key, value=value, description=row.description or "", revision=_revision(row))

    def _connection_from(self, row: AnyRow, *, with_password: bool = False) -> Connection:
        extra, is_readable = self._opened(row.extra)
        password, opens = self._opened(row.password) if with_password else (None, True)
        return Connection(
            conn_id=row.conn_id,
            conn_type=row.conn_type,
            host=row.host,
            schema=row.schema,
            login=row.login,
            password=password,
            port=row.port,
            extra=extra,
            description=row.description or "",
            number=row.id,
            revision=_revision(row),
            is_readable=is_readable and opens,
            has_password=row.password is not None,
        )


def _one(database: DatabaseConnection, statement: Any, what: str, **names: str | int) -> AnyRow:
    row: AnyRow | None = database.execute(statement, names).one_or_none()
    if row is None:
        raise NotFound(what=what, id=next(iter(names.values())))
    return row


def _revision(row: AnyRow) -> str:
    """Names a state of a row. Over what lies sealed, so it tells nothing of the secret, and changes with it."""
    return sha256("\x1f".join(repr(value) for value in row).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _require(row: AnyRow, expected: str | None, what: str, name: str) -> None:
    actual = _revision(row)
    if expected is not None and expected != actual:
        raise Stale(what=what, id=name, expected=expected, actual=actual)


def _variable_values(given: Variable) -> dict[str, Any]:
    return {"key": given.key, "val": given.value, "description": given.description or None}


def _connection_values(given: Connection) -> dict[str, Any]:
    return {
        "conn_id": given.conn_id,
        "conn_type": given.conn_type,
        "host": given.host,
        "schema": given.schema,
        "login": given.login,
        "password": given.password or None,
        "port": given.port,
        "extra": given.extra or None,
        "description": given.description or None,
    }
