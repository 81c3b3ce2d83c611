"""Connections as people see and change them: passwords never come back, secrets in ``extra`` are hidden by name."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

from jupyter_couture.authoring.environment import connections_of
from jupyter_couture.authoring.uris import connection_from_uri
from jupyter_couture.model.errors import InvalidRequest
from jupyter_couture.model.masking import MASK, masked_text, unmasked_text
from jupyter_couture.model.secrets import Connection, Page, SecretQuery, checked_connection
from jupyter_couture.ports.secrets import SecretStore
from jupyter_couture.services.imports import IfExists, ImportReport, Outcome, brought_in, skipped
from jupyter_couture.services.secret_files import connection_entries
from jupyter_couture.services.variables import EVERYTHING, without_loss

CHANGEABLE = frozenset({"conn_id", "conn_type", "host", "schema", "login", "password", "port", "extra", "description"})
_NEVER_NONE = frozenset({"conn_id", "conn_type", "description"})
_EXPORTED = ("conn_type", "host", "schema", "login", "port", "description")


@dataclass(frozen=True, slots=True)
class ShownConnection:
    """A connection without password, with the ``extra`` that may be shown."""

    connection: Connection
    extra: str | None = field(repr=False)


class Connections:
    """Reads and changes connections. Every method may block. ``hides`` is the setting ``hide_sensitive``."""

    def __init__(self, store: SecretStore, *, hides: bool = True, on_change: Callable[[], None] = lambda: None) -> None:
        """``on_change`` is called after each change: DAG files that read connections may have to be parsed again."""
        self._store = store
        self._hides = hides
        self._on_change = on_change

    def page(self, query: SecretQuery) -> Page[ShownConnection]:
        """A page of the list; raises ``InvalidRequest`` for an unknown order."""
        found = self._store.list_connections(query)
        return Page([self._shown(each) for each in found.rows], found.total)

    def get(self, number: int) -> ShownConnection:
        """One; raises ``NotFound``."""
        return self._shown(self._store.connection(number))

    def add(self, given: Mapping[str, Any]) -> ShownConnection:
        """Another one from its fields, or from ``uri`` and the fields that a URI has no place for.

        Raises ``InvalidRequest``.
        """
        wish = dict(given)
        uri = wish.pop("uri", None)
        if uri is not None:
            parts = connection_from_uri(str(wish.get("conn_id", "")), uri)
            doubled = sorted(set(wish) - {"conn_id", "description"})
            if doubled:
                raise InvalidRequest(field=f"$.{doubled[0]}", message="a URI says this already: give one of the two")
            wish = {**{name: getattr(parts, name) for name in CHANGEABLE - {"description"}}, **wish}
        made = Connection(**_complete(wish))
        stored = self._store.add_connection(checked_connection(made))
        self._on_change()
        return self._shown(stored)

    def change(self, number: int, changes: Mapping[str, Any], revision: str | None = None) -> ShownConnection:
        """Other values for the fields of ``changes``; a ``***`` leaves what it stands for.

        ``revision`` is the state that the caller saw, None for any. Raises ``NotFound``, ``Stale``, ``InvalidRequest``.
        """

        def attempt() -> ShownConnection:
            known = self._store.connection(number)
            values = self._unhidden(_complete(changes), known)
            if not known.is_readable and not {"password", "extra"} <= values.keys():
                message = "its secrets cannot be read: give password and extra anew"
                raise InvalidRequest(field="$.password", message=message)
            changed = checked_connection(replace(known, **values))
            return self._shown(self._store.put_connection(changed, revision or known.revision))

        changed = attempt() if revision else without_loss(attempt)
        self._on_change()
        return changed

    def delete(self, number: int, revision: str | None = None) -> None:
        """Remove; raises ``NotFound`` or ``Stale``."""
        self._store.delete_connection(number, revision)
        self._on_change()

    def delete_all(self, conn_id: str, number: int | None = None) -> list[int]:
        """Remove every connection of an id, or the one of that ``number``; the numbers of those that were there."""
        numbers = [each.number for each in self._store.connections_of(conn_id) if number in (None, each.number)]
        for each in numbers:
            self._store.delete_connection(each)
        self._on_change()
        return numbers

    def bring_in(
        self, entries: Mapping[str, object], if_exists: IfExists = IfExists.OVERWRITE, *, dry_run: bool = False
    ) -> ImportReport:
        """Store many at once: by id a URI, an object of fields, or an array of either.

        An id that is there gets exactly what is said. A password that is left out or ``***``, and each ``***`` in
        ``extra``, stays what it was in the connection of the same place. ``dry_run`` stores nothing and tells what
        would be.
        """

        def store(conn_id: str, said: object) -> Outcome:
            wishes = connections_of(conn_id, said)
            known = self._store.connections_of(conn_id)
            if known and if_exists is not IfExists.OVERWRITE:
                return skipped(if_exists)
            changed = [self._over(*pair) for pair in zip(known, wishes, strict=False)]
            further = [checked_connection(_without_masks(wish)) for wish in wishes[len(known) :]]
            if changed == list(known) and not further:
                return Outcome.UNCHANGED
            if not dry_run:
                self._replace(known, changed, further)
            return Outcome.UPDATED if known else Outcome.CREATED

        report = brought_in(entries, store)
        if not dry_run:
            self._on_change()
        return report

    def export(self, *, with_secrets: bool = False) -> dict[str, object]:
        """All connections as ``bring_in`` takes them; passwords are left out, secrets hidden, unless asked for."""
        rows = self._store.list_connections(SecretQuery(limit=EVERYTHING)).rows
        if with_secrets:
            rows = [self._store.connection(each.number) for each in rows]
        return connection_entries([(each, self._exported(each, with_secrets)) for each in rows])

    def _replace(
        self, known: Sequence[Connection], changed: Sequence[Connection], further: Sequence[Connection]
    ) -> None:
        for each in changed:
            self._store.put_connection(each)
        for each in further:
            self._store.add_connection(each)
        for each in known[len(changed) :]:
            self._store.delete_connection(each.number)

    def _exported(self, connection: Connection, with_secrets: bool) -> dict[str, object]:
        entry: dict[str, object] = {name: getattr(connection, name) for name in _EXPORTED}
        if with_secrets:
            return {**entry, "password": connection.password, "extra": connection.extra}
        return {**entry, "extra": self._shown(connection).extra}

    def _shown(self, connection: Connection) -> ShownConnection:
        extra = connection.extra
        shown = _hidden_extra(extra) if self._hides and extra is not None else extra
        return ShownConnection(replace(connection, password=None, extra=None), shown)

    def _unhidden(self, values: dict[str, Any], known: Connection) -> dict[str, Any]:
        if values.get("password") == MASK:
            del values["password"]
        if self._hides and values.get("extra"):
            values["extra"] = unmasked_text(values["extra"], known.extra)
        return values

    def _over(self, known: Connection, wish: Connection) -> Connection:
        said = {item.name: getattr(wish, item.name) for item in fields(wish) if item.name in CHANGEABLE}
        if said["password"] is None:
            del said["password"]
        if not said["description"]:
            del said["description"]
        return checked_connection(replace(known, **self._unhidden(said, known)))


def _complete(given: Mapping[str, Any]) -> dict[str, Any]:
    """Fields as a connection has them: an empty text is none where there may be none, ``port`` a number."""
    unknown = sorted(set(given) - CHANGEABLE)
    if unknown:
        raise InvalidRequest(field=f"$.{unknown[0]}", message=f"a connection has no field {unknown[0]!r}")
    values: dict[str, Any] = {}
    for name, value in given.items():
        if name in _NEVER_NONE:
            values[name] = "" if value is None else value
        else:
            values[name] = None if value == "" else value
    return values


def _hidden_extra(extra: str) -> str:
    """Hidden by the names in it; as a whole if it is no JSON object, for then nothing says what is in it."""
    try:
        is_object = isinstance(json.loads(extra), dict)
    except ValueError:
        is_object = False
    return masked_text(extra) if is_object else MASK


def _without_masks(wish: Connection) -> Connection:
    """A new connection cannot have what ``***`` stood for."""
    hidden = wish.password == MASK or (wish.extra is not None and MASK in wish.extra)
    if hidden:
        raise InvalidRequest(field=wish.conn_id, message="a secret of it is hidden, and none is stored")
    return wish
