"""Variables as people see and change them: secret values hidden by the rule of ``model.masking``."""

import contextlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from jupyter_couture.model.errors import InvalidRequest, NotFound, Stale
from jupyter_couture.model.masking import MASK, is_sensitive, looks_like_credential, masked_text, unmasked_text
from jupyter_couture.model.secrets import Page, SecretQuery, Variable, checked_variable
from jupyter_couture.ports.secrets import SecretStore
from jupyter_couture.services.imports import IfExists, ImportReport, Outcome, brought_in, skipped
from jupyter_couture.services.secret_files import variable_entry, variable_of

_T = TypeVar("_T")

_TRIES = 20

CREDENTIAL_WARNING = "looks like a credential, and its name lets it be shown: a connection keeps it hidden"


@dataclass(frozen=True, slots=True)
class ShownVariable:
    """A variable with the value that may be shown. ``is_hidden``: all or part of it reads ``***``."""

    variable: Variable
    value: str | None = field(repr=False)
    is_hidden: bool
    warning: str = ""


class Variables:
    """Reads and changes variables. Every method may block. ``hides`` is the setting ``hide_sensitive``."""

    def __init__(self, store: SecretStore, *, hides: bool = True, on_change: Callable[[], None] = lambda: None) -> None:
        """``on_change`` is called after each change: DAG files that read variables may have to be parsed again."""
        self._store = store
        self._hides = hides
        self._on_change = on_change

    def page(self, query: SecretQuery) -> Page[ShownVariable]:
        """A page of the list; raises ``InvalidRequest`` for an unknown order."""
        found = self._store.list_variables(query)
        return Page([self._shown(each) for each in found.rows], found.total)

    def get(self, key: str) -> ShownVariable:
        """One; raises ``NotFound``."""
        return self._shown(self._store.variable(key))

    def add(self, key: str, value: str, description: str = "") -> ShownVariable:
        """A new one; raises ``InvalidRequest``, or ``Conflict`` if the key is taken."""
        given = Variable(key=key, value=value, description=description)
        made = self._store.add_variable(checked_variable(given))
        self._on_change()
        return self._shown(made)

    def put(self, key: str, value: str, description: str | None = None) -> ShownVariable:
        """A new one, or another value for it; None as description leaves the present one."""
        try:
            return self.change(key, value, description)
        except NotFound:
            return self.add(key, value, description or "")

    def change(
        self, key: str, value: str | None = None, description: str | None = None, revision: str | None = None
    ) -> ShownVariable:
        """Another value or description; None leaves the present one, and so does each ``***`` that stood for a secret.

        ``revision`` is the state that the caller saw, None for any. Raises ``NotFound``, ``Stale``, ``InvalidRequest``.
        """

        def attempt() -> None:
            known = self._store.variable(key)
            given = unmasked_text(value, known.value) if value is not None and self._hides else value
            if given is None and known.value is None:
                raise InvalidRequest(field="$.value", message=f"the value of {key!r} cannot be read: give it a new one")
            changed = Variable(
                key=key,
                value=known.value if given is None else given,
                description=known.description if description is None else description,
            )
            self._store.put_variable(checked_variable(changed), revision or known.revision)

        attempt() if revision else without_loss(attempt)
        self._on_change()
        return self.get(key)

    def delete(self, key: str, revision: str | None = None) -> None:
        """Remove; raises ``NotFound`` or ``Stale``."""
        self._store.delete_variable(key, revision)
        self._on_change()

    def bring_in(
        self, entries: Mapping[str, object], if_exists: IfExists = IfExists.OVERWRITE, *, dry_run: bool = False
    ) -> ImportReport:
        """Store many at once: values of any JSON kind, or ``{"value": ..., "description": ...}``.

        One that cannot be stored does not keep the others from it. ``dry_run`` stores nothing and tells what would be.
        """

        def store(key: str, said: object) -> Outcome:
            wish = checked_variable(variable_of(key, said))
            try:
                known = self._store.variable(wish.key)
            except NotFound:
                if self._hides and wish.value == MASK:
                    raise InvalidRequest(field=key, message="the value is hidden, and none is stored") from None
                if not dry_run:
                    self._store.put_variable(wish)
                return Outcome.CREATED
            if if_exists is not IfExists.OVERWRITE:
                return skipped(if_exists)
            value = unmasked_text(wish.value or "", known.value) if self._hides else wish.value
            if _is_same_json(value, known.value):
                value = known.value
            changed = replace(known, value=value, description=wish.description or known.description)
            if changed == known:
                return Outcome.UNCHANGED
            if not dry_run:
                self._store.put_variable(checked_variable(replace(changed, revision="")))
            return Outcome.UPDATED

        report = brought_in(entries, store)
        if not dry_run:
            self._on_change()
        return report

    def export(self, *, with_secrets: bool = False) -> dict[str, object]:
        """All variables as ``bring_in`` takes them; secret values read ``***`` unless asked for."""
        found = self._store.list_variables(SecretQuery(limit=EVERYTHING)).rows
        return {
            each.key: variable_entry(each, each.value if with_secrets else self._shown(each).value) for each in found
        }

    def _shown(self, variable: Variable) -> ShownVariable:
        value = variable.value
        shown = masked_text(value, variable.key) if self._hides and value is not None else value
        is_open = value is not None and not is_sensitive(variable.key) and looks_like_credential(value)
        return ShownVariable(variable, shown, shown != value, CREDENTIAL_WARNING if is_open else "")


EVERYTHING = 2**31 - 1
"""A limit that is none."""


def without_loss(change: Callable[[], _T]) -> _T:
    """The result of a change to what was just read; read and changed again if somebody came between."""
    for _ in range(_TRIES):
        with contextlib.suppress(Stale):
            return change()
    return change()


def _is_same_json(one: str | None, other: str | None) -> bool:
    """Whether both are the same JSON object or list, however it is set out: exports indent and sort it."""
    try:
        left, right = json.loads(one or ""), json.loads(other or "")
    except ValueError:
        return False
    return isinstance(left, dict | list) and json.dumps(left, sort_keys=True) == json.dumps(right, sort_keys=True)
