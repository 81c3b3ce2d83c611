"""What imports of variables, connections and pools have in common: what to do with names that are there, reports."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from jupyter_couture.model.errors import CoutureError, InvalidRequest


class IfExists(StrEnum):
    """What an import does with names that are taken."""

    OVERWRITE = "overwrite"
    SKIP = "skip"
    FAIL = "fail"


class Outcome(StrEnum):
    """What became, or would become, of one name."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"  # what is there says the same
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What came of an import, by name; ``failed`` with the reason of each."""

    created: Sequence[str] = ()
    updated: Sequence[str] = ()
    skipped: Sequence[str] = ()
    failed: Mapping[str, str] = field(default_factory=dict)
    unchanged: Sequence[str] = ()


class Keeper(Protocol):
    """The service of one kind: variables, connections or pools."""

    def bring_in(
        self, entries: Mapping[str, object], if_exists: IfExists = ..., *, dry_run: bool = False
    ) -> ImportReport:
        """Store many, or tell what would become of them."""
        ...


def brought_in(entries: Mapping[str, object], store: Callable[[str, object], Outcome]) -> ImportReport:
    """The report of storing each entry; one for which ``store`` raises does not keep the others from it."""
    done: dict[Outcome, list[str]] = {outcome: [] for outcome in Outcome}
    failed: dict[str, str] = {}
    for name, said in entries.items():
        try:
            done[store(name, said)].append(name)
        except CoutureError as error:
            failed[name] = str(error)
    return ImportReport(
        created=done[Outcome.CREATED],
        updated=done[Outcome.UPDATED],
        skipped=done[Outcome.SKIPPED],
        failed=failed,
        unchanged=done[Outcome.UNCHANGED],
    )


def skipped(if_exists: IfExists) -> Outcome:
    """What becomes of a name that is taken and shall not be overwritten; raises ``InvalidRequest`` if that fails it."""
    if if_exists is IfExists.SKIP:
        return Outcome.SKIPPED
    raise InvalidRequest(field="if_exists", message="it is there already")
