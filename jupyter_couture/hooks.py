"""Hooks: other systems, for code in tasks; each is read when it is first named."""

from typing import Any

from jupyter_couture.authoring.catalogue import HOOKS, find

__all__ = sorted(HOOKS)  # noqa: PLE0605  # the names are those of the catalogue


def __getattr__(name: str) -> Any:
    found = globals()[name] = find(HOOKS, name, __name__)
    return found


def __dir__() -> list[str]:
    return sorted(HOOKS)
